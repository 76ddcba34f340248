/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vm/finding.h"
#include "host/vm/registers.h"
#include "shared/must.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same bytes as QEMU's answer and as the kernel's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct finding finding = {.asked = true};
	struct liveness_cpu cpus[REGISTERS_CPUS];
	struct bytes text = bytes_of(data, size);
	char words[FINDING_WORDS];
	size_t count = registers_parse(text, cpus);
	struct bytes line;

	must(count <= REGISTERS_CPUS);
	for (size_t i = 0; i < count; i++)
		must(cpus[i].ring <= 3);
	finding_status(&finding, "running");
	finding_sample(&finding, cpus, count);
	while (registers_line(&text, &line)) {
		must(line.len <= size);
		finding_line(&finding, line);
	}
	finding_words(&finding, words);
	must(memchr(words, '\0', sizeof(words)) != NULL && words[0] != '\0');
	return 0;
}
