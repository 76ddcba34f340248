/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names, beginnings and parts, and that a beginning covers longer ones. */
#include "host/kernel/globset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const list[] = {
	"kfree",
	"kfree_*",
	"km*",
	"kmem_cache_*",
	"kmem_cache_free",
	"*wait*",
	"mem*cpy",
	"_R*panic*",
	"x",
	"xy*",
	"0x*",
	"*_end",
};

static const struct {
	const char *name;
	bool has;
} cases[] = {
	{"kfree", true},
	{"kfre", false},
	{"kfreex", false},
	{"kfree_", true},
	{"kfree_rcu", true},
	{"km", true},
	{"kmem_cache_free", true},
	{"kmem_cache_alloc", true},
	{"k", false},
	{"", false},
	{"do_wait_on", true},
	{"wait", true},
	{"wai", false},
	{"memcpy", true},
	{"mem_x_cpy", true},
	{"memcp", false},
	{"_Rx4core9panicking", true},
	{"x", true},
	{"xx", false},
	{"xyz", true},
	{"0x12", true},
	{"the_end", true},
	{"the_ends", false},
	{"\xc3\xa9", false},
	{"zzz", false},
};

static void test_all(void **state)
{
	static struct globset_entry entries[sizeof(list) / sizeof(list[0])];
	struct globset set = GLOBSET(list, entries);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (globset_has(&set, cases[i].name) != cases[i].has)
			fail_msg("%s", cases[i].name);
	}
	/* "km*" covers two */
	assert_int_equal(set.sorted, 6);
	assert_int_equal(set.others, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
