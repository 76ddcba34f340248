/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stackframe - reading one line of a stack dump. */
#include "host/kernel/stackframe.h"

#include "host/kernel/chars.h"

#include <stdlib.h>
#include <string.h>

enum {
	NAME_MAX_LENGTH = 192,
};

static bool take(struct bytes *b, const char *text)
{
	if (!starts(*b, text))
		return false;
	bytes_take(b, strlen(text));
	return true;
}

static void skip_spaces(struct bytes *b)
{
	while (at(*b, 0) == ' ' || at(*b, 0) == '\t')
		bytes_take(b, 1);
}

/* Of a name: letters, digits, "_", ".", "$". Most bytes of a report are asked
 * for here, so the answers are bits. */
static inline bool is_name(uint8_t c)
{
	static const uint64_t bits[] = {0x03ff401000000000, 0x07fffffe87fffffe,
					0, 0};

	return bits[c >> 6] >> (c & 63) & 1;
}

/* A name as the kernel's symbol table has it, or a demangled Rust path:
 * "<rust_binder::Process>::update_ref", "core::panicking::panic". */
static size_t name_length(struct bytes b)
{
	size_t i = 0;
	int depth = 0;

	if (at(b, 0) >= '0' && at(b, 0) <= '9')
		return 0;
	while (i < b.len && i < NAME_MAX_LENGTH && is_name(b.data[i]))
		i++;
	/* Nearly all end here: C has no others. */
	if (i < b.len && b.data[i] != '<' && b.data[i] != ':')
		return i;
	for (; i < b.len && i < NAME_MAX_LENGTH; i++) {
		uint8_t c = b.data[i];

		if (c == '<')
			depth++;
		else if (c == '>' && depth > 0)
			depth--;
		else if (c == ':' && at(b, i + 1) == ':')
			i++;
		else if (!is_name(c) && !(depth > 0 && (c == ' ' || c == ':')))
			break;
	}
	if (i > b.len)
		i = b.len;
	while (i > 0 && b.data[i - 1] == ':')
		i--;
	return depth == 0 ? i : 0;
}

/* "+0x1a/0x2b" */
static bool is_offset(struct bytes b)
{
	size_t i = 3;

	if (!starts(b, "+0x"))
		return false;
	while (is_hex(at(b, i)))
		i++;
	return i > 3 && at(b, i) == '/' && at(b, i + 1) == '0' &&
	       at(b, i + 2) == 'x' && is_hex(at(b, i + 3));
}

struct bytes stackframe_symbol(struct bytes text)
{
	return bytes_of(text.data, name_length(text));
}

/* "[<ffffffff81234567>]", "[c0000000001234]", "[<     inline     >]" */
static bool take_address(struct bytes *b, bool *inlined)
{
	size_t i = 1;

	if (at(*b, 0) != '[')
		return false;
	if (starts(*b, "[<") &&
	    contains(bytes_of(b->data, b->len < 24 ? b->len : 24), "inline")) {
		const uint8_t *end = memchr(b->data, ']', b->len);

		if (!end)
			return false;
		*inlined = true;
		bytes_take(b, (size_t)(end - b->data) + 1);
		return true;
	}
	if (at(*b, i) == '<')
		i++;
	while (is_hex(at(*b, i)))
		i++;
	if (i < 8)
		return false;
	if (at(*b, i) == '>')
		i++;
	if (at(*b, i) != ']')
		return false;
	bytes_take(b, i + 1);
	return true;
}

/* "<IRQ>", "</TASK>", "<#DF>", "<<EOE>>" before a frame. */
static bool take_stack_mark(struct bytes *b, bool *after_exception)
{
	size_t i = 1;

	if (at(*b, 0) != '<')
		return false;
	while (i < 12 && (is_name(at(*b, i)) || at(*b, i) == '/' ||
			  at(*b, i) == '#' || at(*b, i) == '<'))
		i++;
	if (at(*b, i) != '>')
		return false;
	if (starts(*b, "<EOI>"))
		*after_exception = true;
	while (at(*b, i) == '>')
		i++;
	/* "<core::fmt>::x" is a name. */
	if (at(*b, i) == ':')
		return false;
	bytes_take(b, i);
	return true;
}

/* What may follow a name without an offset: "file.c:123", perhaps with
 * "[inline]", or "(file.c:123 file.h:4)", or "(??:?)" where debug information
 * knew nothing, as decode_stacktrace.sh writes it. */
static bool is_file_line(struct bytes b, bool *inlined)
{
	size_t i = 0, dot = 0;

	take(&b, "(");
	if (starts(b, "??:"))
		return true;
	while (i < b.len && (is_name(b.data[i]) || b.data[i] == '/' ||
			     b.data[i] == '-' || b.data[i] == '+')) {
		if (b.data[i] == '.')
			dot = i;
		i++;
	}
	if (dot == 0 || at(b, i) != ':' || at(b, i + 1) < '0' ||
	    at(b, i + 1) > '9')
		return false;
	if (contains(b, "[inline]") || contains(b, "(inlined by)"))
		*inlined = true;
	return true;
}

static bool frame_name(struct bytes b, struct stackframe *frame)
{
	size_t n = name_length(b);
	struct bytes rest = bytes_of(b.data + n, b.len - n);

	if (n == 0)
		return false;
	if (!is_offset(rest) &&
	    (!take(&rest, " ") || !is_file_line(rest, &frame->inlined)))
		return false;
	frame->name = bytes_of(b.data, n);
	return true;
}

/* arm: "(f) from [<addr>] (g+0x1/0x2)", without the addresses "(f) from
 * (g+0x1/0x2)", since 5.16 "f from g+0x1/0x2". The
 * caller counts, as everywhere else: a return address is printed. */
static void take_callee(struct bytes *b)
{
	struct bytes rest = *b;
	bool dummy = false;

	bytes_take(&rest, name_length(rest));
	/* Nearly always "+0x". */
	if (at(rest, 0) == '+')
		return;
	if (take(&rest, ") from ")) {
		if (take_address(&rest, &dummy) && !take(&rest, " "))
			return;
		if (!take(&rest, "("))
			return;
	} else if (!take(&rest, " from ")) {
		return;
	}
	*b = rest;
}

static bool parse_call(struct bytes b, struct stackframe *frame)
{
	bool address = false;

	for (;;) {
		skip_spaces(&b);
		if (b.len == 0)
			return false;
		if (is_name(b.data[0]))
			break;
		if (take_stack_mark(&b, &frame->after_exception))
			continue;
		if (take_address(&b, &frame->inlined)) {
			address = true;
			continue;
		}
		if (take(&b, "? ")) {
			frame->unsure = true;
			continue;
		}
		/* arm: "[<addr>] (f) from …"; s390: "([<addr>] f+0x1/0x2)" */
		if (take(&b, "("))
			continue;
		break;
	}
	take_callee(&b);
	if (frame_name(b, frame)) {
		/* powerpc, for the word that may be stale */
		if (b.data[b.len - 1] == ')' && contains(b, "(unreliable)"))
			frame->unsure = true;
		return true;
	}
	/* Frames before kallsyms knew sizes: "[<addr>] f". */
	if (address && frame->inlined && name_length(b) > 0) {
		frame->name = stackframe_symbol(b);
		return true;
	}
	return false;
}

#define R(TEXT, KIND)                                \
	{                                            \
		TEXT, sizeof(TEXT) - 1, FRAME_##KIND \
	}

static const struct {
	const char *text;
	size_t length;
	enum stackframe_kind kind;
} register_lines[] = {
	/* Longer ones before what they begin with. */
	R("RIP: 0010:", PC),	  R("RIP: e030:", PC), R("RIP: ", PC),
	R("RIP  ", PC),		  R("RIP [", PC),      R("EIP is at ", PC),
	R("EIP: ", PC),		  R("IP: ", PC),       R("PC is at ", PC),
	R("LR is at ", LINK),	  R("pc : ", PC),      R("lr : ", LINK),
	R("epc : ", PC),	  R("epc   : ", PC),   R(" ra : ", LINK),
	R("ra    : ", LINK),	  R("NIP [", PC),      R("LR [", LINK),
	R("Krnl PSW : ", PC),	  R("   ERA: ", PC),   R("    ra: ", LINK),
	R("   ra: ", LINK),	  R("[ECR   ]", LINK), R("pc: ", PC),
	R("--- interrupt: ", PC), R("TPC: <", PC),     R("PC: <", PC),
	R("RPC: <", LINK),	  R("I7: <", LINK),
};

/* The rest of a register line: words of numbers, then the symbol. */
static bool parse_register(struct bytes b, struct stackframe *frame)
{
	/* A user's code segment: nothing of the kernel stands here. */
	if (starts(b, "0033:") || starts(b, "0023:") || starts(b, "002b:"))
		return false;
	for (int words = 0; words < 6 && b.len > 0; words++) {
		const uint8_t *space;
		bool dummy = false;

		skip_spaces(&b);
		while (take_address(&b, &dummy))
			skip_spaces(&b);
		if (at(b, 0) == '(')
			bytes_take(&b, 1);
		if (name_length(b) == 0 && at(b, 4) == ':')
			bytes_take(&b, 5);
		if (frame_name(b, frame))
			return true;
		space = memchr(b.data, ' ', b.len);
		if (!space)
			return false;
		bytes_take(&b, (size_t)(space - b.data));
	}
	return false;
}

static bool parse_lock(struct bytes text, struct stackframe *frame)
{
	/* Every lock has "{+.+.}" behind its name. */
	const uint8_t *brace = memchr(text.data, '{', text.len);
	const uint8_t *found =
		brace ? memmem(brace, text.len - (size_t)(brace - text.data),
			       ", at: ", 6)
		      : NULL;
	struct bytes b;
	bool dummy = false;

	if (!found)
		return false;
	b = bytes_of(found + 6, text.len - (size_t)(found + 6 - text.data));
	while (take_address(&b, &dummy))
		skip_spaces(&b);
	frame->name = stackframe_symbol(b);
	return frame->name.len > 0;
}

bool stackframe_parse(struct bytes text, struct stackframe *ret_frame)
{
	struct stackframe frame = {.kind = FRAME_CALL};
	size_t count = sizeof(register_lines) / sizeof(register_lines[0]);

	if (text.len < 6)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct bytes b = text;

		if (text.data[0] != (uint8_t)register_lines[i].text[0] ||
		    text.len < register_lines[i].length ||
		    memcmp(text.data, register_lines[i].text,
			   register_lines[i].length) != 0)
			continue;
		bytes_take(&b, register_lines[i].length);
		frame.kind = register_lines[i].kind;
		/* "NIP [addr]" and "RIP [<addr>]" need their bracket back. */
		if (register_lines[i]
			    .text[strlen(register_lines[i].text) - 1] == '[') {
			b.data--;
			b.len++;
		}
		if (!parse_register(b, &frame)) {
			/* A jump to nowhere: "RIP: 0010:0x286"; s390's
			 * "Krnl PSW : 0704d00180000000 0000000000000286
			 * (0x286)". */
			if (frame.kind != FRAME_PC ||
			    (!starts(b, "0x") &&
			     !(text.data[0] == 'K' && contains(b, " (0x"))))
				return false;
			frame.unsure = true;
			frame.name = bytes_of(b.data, 0);
		}
		*ret_frame = frame;
		return true;
	}
	if (parse_call(text, &frame)) {
		*ret_frame = frame;
		return true;
	}
	frame.kind = FRAME_LOCK;
	if (!parse_lock(text, &frame))
		return false;
	*ret_frame = frame;
	return true;
}

/* Where a compiler's suffix begins in name, or its length. */
static size_t suffix_at(struct bytes name)
{
	static const char *const suffixes[] = {
		".isra.", ".constprop.", ".part.",  ".cold",
		".llvm.", ".lto_priv.",	 ".clone.", ".__uniq.",
	};
	size_t best = name.len;

	if (!memchr(name.data, '.', name.len))
		return best;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		const uint8_t *found = memmem(name.data, name.len, suffixes[i],
					      strlen(suffixes[i]));

		if (found && (size_t)(found - name.data) < best)
			best = (size_t)(found - name.data);
	}
	return best;
}

/* A quick look for the ends of the wrappers' names: "sys_", "SyS_", "SYSC_". */
static bool may_be_wrapper(struct bytes name)
{
	for (size_t i = 3; i < name.len && i < 20; i++) {
		uint8_t y = name.data[i - 2], s = name.data[i - 1];

		if (name.data[i] == '_' &&
		    ((y == 'y' && (s == 's' || s == 'S')) ||
		     (y == 'S' && s == 'C')))
			return true;
	}
	return false;
}

size_t stackframe_normalise(struct bytes name, char *ret_name, size_t cap)
{
	/* arch/x86/include/asm/syscall_wrapper.h and its like, and the older
	 * SYSCALL_DEFINEx(). Longer ones first. */
	static const char *const wrappers[] = {
		"__do_compat_sys_",
		"__se_compat_sys_",
		"__ia32_compat_sys_",
		"__x32_compat_sys_",
		"__arm64_compat_sys_",
		"__s390_compat_sys_",
		"compat_sys_",
		"compat_SyS_",
		"C_SYSC_",
		"__x64_sys_",
		"__ia32_sys_",
		"__arm64_sys_",
		"__s390x_sys_",
		"__s390_sys_",
		"__riscv_sys_",
		"__powerpc_sys_",
		"__se_sys_",
		"__do_sys_",
		"__loongarch_sys_",
		"____sys_",
		"___sys_",
		"__sys_",
		"SYSC_",
		"SyS_",
		"ksys_",
	};
	size_t count = sizeof(wrappers) / sizeof(wrappers[0]);
	size_t n;

	ret_name[0] = '\0';
	if (name.len == 0)
		return 0;
	/* A function of ppc64's first ABI; its descriptor has the bare name. */
	if (name.data[0] == '.' && name.len > 1)
		bytes_take(&name, 1);
	name.len = suffix_at(name);
	for (size_t i = may_be_wrapper(name) ? 0 : count; i < count; i++) {
		struct bytes rest = name;

		if (!take(&rest, wrappers[i]) || rest.len == 0)
			continue;
		n = rest.len + 4 < cap - 1 ? rest.len : cap - 5;
		memcpy(ret_name, "sys_", 4);
		memcpy(ret_name + 4, rest.data, n);
		ret_name[n + 4] = '\0';
		return n + 4;
	}
	n = name.len < cap - 1 ? name.len : cap - 1;
	memcpy(ret_name, name.data, n);
	ret_name[n] = '\0';
	return n;
}
