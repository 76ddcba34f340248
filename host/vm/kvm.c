/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kvm - whether KVM can run a kernel here: see kvm.h. */
#include "host/vm/kvm.h"

#include "shared/clock.h"
#include "shared/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child found out. */
struct finding {
	int error;     /* errno, of `step` */
	uint32_t exit; /* KVM_EXIT_…, when not the expected one */
	uint64_t loop_us;
	char step[48];
};

static int fail(struct finding *finding, const char *step)
{
	finding->error = errno;
	snprintf(finding->step, sizeof(finding->step), "%s", step);
	return -1;
}

#ifdef __x86_64__

enum {
	GUEST_BYTES = 64 * 1024,
	PML4 = 0x1000,
	PDPT = 0x2000,
	PD = 0x3000,
	CODE = 0x8000,
};

#define PTE_PRESENT  0x001ULL
#define PTE_WRITABLE 0x002ULL
#define PTE_LARGE    0x080ULL
#define CR0_PE	     (1ULL << 0)
#define CR0_ET	     (1ULL << 4)
#define CR0_PG	     (1ULL << 31)
#define CR4_PAE	     (1ULL << 5)
#define EFER_LME     (1ULL << 8)
#define EFER_LMA     (1ULL << 10)

struct guest {
	int vm;
	int cpu;
	uint8_t *memory;
	struct kvm_run *run;
};

static void put_u64(uint8_t *at, uint64_t value)
{
	memcpy(at, &value, sizeof(value));
}

/* mov ecx, KVM_LOOPS; 1: dec ecx; jnz 1b; hlt */
static void load_guest(uint8_t *memory)
{
	static const uint8_t code[] = {
		0xb9,
		KVM_LOOPS & 0xff,
		(KVM_LOOPS >> 8) & 0xff,
		(KVM_LOOPS >> 16) & 0xff,
		KVM_LOOPS >> 24,
		0xff,
		0xc9,
		0x75,
		0xfc,
		0xf4,
	};

	put_u64(memory + PML4, PDPT | PTE_PRESENT | PTE_WRITABLE);
	put_u64(memory + PDPT, PD | PTE_PRESENT | PTE_WRITABLE);
	put_u64(memory + PD, PTE_PRESENT | PTE_WRITABLE | PTE_LARGE);
	memcpy(memory + CODE, code, sizeof(code));
}

static int make_memory(struct guest *guest, struct finding *finding)
{
	struct kvm_userspace_memory_region region = {
		.memory_size = GUEST_BYTES,
	};
	void *memory = mmap(NULL, GUEST_BYTES, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return fail(finding, "mmap");
	guest->memory = memory;
	region.userspace_addr = (uintptr_t)memory;
	load_guest(guest->memory);
	if (ioctl(guest->vm, KVM_SET_USER_MEMORY_REGION, &region))
		return fail(finding, "KVM_SET_USER_MEMORY_REGION");
	return 0;
}

static int make_cpu(struct guest *guest, int kvm, struct finding *finding)
{
	int size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	void *run;

	guest->cpu = ioctl(guest->vm, KVM_CREATE_VCPU, 0);
	if (size < (int)sizeof(struct kvm_run) || guest->cpu < 0)
		return fail(finding, "KVM_CREATE_VCPU");
	run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED,
		   guest->cpu, 0);
	if (run == MAP_FAILED)
		return fail(finding, "mmap of the CPU");
	guest->run = run;
	return 0;
}

static int enter_long_mode(const struct guest *guest, struct finding *finding)
{
	struct kvm_segment code = {.limit = 0xffffffff,
				   .selector = 8,
				   .type = 11,
				   .present = 1,
				   .s = 1,
				   .l = 1,
				   .g = 1};
	struct kvm_segment data = code;
	struct kvm_sregs sregs;

	if (ioctl(guest->cpu, KVM_GET_SREGS, &sregs))
		return fail(finding, "KVM_GET_SREGS");
	data.selector = 16;
	data.type = 3;
	data.l = 0;
	data.db = 1;
	sregs.cs = code;
	sregs.ds = sregs.es = sregs.ss = sregs.fs = sregs.gs = data;
	sregs.cr3 = PML4;
	sregs.cr4 = CR4_PAE;
	sregs.cr0 = CR0_PE | CR0_ET | CR0_PG; /* and caches on */
	sregs.efer = EFER_LME | EFER_LMA;
	if (ioctl(guest->cpu, KVM_SET_SREGS, &sregs))
		return fail(finding, "KVM_SET_SREGS");
	return 0;
}

static int run_once(const struct guest *guest, struct finding *finding)
{
	struct kvm_regs regs = {.rip = CODE, .rflags = 2};
	uint64_t begin_ns;
	uint64_t us;
	int result;

	if (ioctl(guest->cpu, KVM_SET_REGS, &regs))
		return fail(finding, "KVM_SET_REGS");
	begin_ns = clock_mono_ns();
	do {
		result = ioctl(guest->cpu, KVM_RUN, 0);
	} while (result && errno == EINTR);
	us = (clock_mono_ns() - begin_ns) / 1000 + 1;
	if (result)
		return fail(finding, "KVM_RUN");
	if (guest->run->exit_reason != KVM_EXIT_HLT) {
		finding->exit = guest->run->exit_reason;
		errno = EIO;
		return fail(finding, "KVM_RUN");
	}
	if (finding->loop_us == 0 || us < finding->loop_us)
		finding->loop_us = us;
	return 0;
}

static void try_guest(int kvm, int vm, struct finding *finding)
{
	struct guest guest = {.vm = vm, .cpu = -1};

	if (make_memory(&guest, finding) || make_cpu(&guest, kvm, finding) ||
	    enter_long_mode(&guest, finding))
		return;
	for (int i = 0; i < KVM_TRIES; i++)
		if (run_once(&guest, finding) ||
		    finding->loop_us < KVM_QUICK_US)
			return;
}

#else

static void try_guest(int kvm, int vm, struct finding *finding)
{
	(void)kvm;
	(void)vm;
	finding->loop_us = 0;
}

#endif

/* In the child: it leaves descriptors and memory to its exit. */
static void find_out(const char *device, struct finding *finding)
{
	int kvm = open(device, O_RDWR | O_CLOEXEC);
	int vm;

	if (kvm < 0) {
		fail(finding, "open");
		return;
	}
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0)
		fail(finding, "KVM_CREATE_VM");
	else
		try_guest(kvm, vm, finding);
}

static _Noreturn void be_child(const char *device, int fd)
{
	struct finding finding = {0};
	int ignored;

	find_out(device, &finding);
	ignored = fd_write_all(fd, &finding, sizeof(finding));
	(void)ignored;
	_exit(0);
}

/* Returns 1 with what the child found, 0 when it said nothing in time. */
static int hear_child(int fd, struct finding *finding)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};
	int ready;

	do {
		ready = poll(&pollfd, 1, KVM_DEADLINE_MS);
	} while (ready < 0 && errno == EINTR);
	return ready == 1 && fd_read_all(fd, finding, sizeof(*finding)) ==
				     (ssize_t)sizeof(*finding);
}

/* One that hangs in the kernel can't be waited for. */
static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	for (int i = 0; i < 50 && waitpid(pid, NULL, WNOHANG) == 0; i++)
		(void)poll(NULL, 0, 10);
}

static void explain_failure(struct kvm_answer *answer, const char *device,
			    const struct finding *finding)
{
	if (strcmp(finding->step, "open") == 0)
		snprintf(answer->reason, sizeof(answer->reason),
			 "cannot open %s: %s%s", device,
			 strerror(finding->error),
			 finding->error == EACCES
				 ? " (is the user in the group kvm?)"
				 : "");
	else if (finding->exit)
		snprintf(answer->reason, sizeof(answer->reason),
			 "a guest of ten instructions ended with KVM exit %u",
			 finding->exit);
	else
		snprintf(answer->reason, sizeof(answer->reason), "%s: %s",
			 finding->step, strerror(finding->error));
}

static void explain_speed(struct kvm_answer *answer)
{
	if (answer->usable)
		snprintf(answer->reason, sizeof(answer->reason),
			 "%d instructions in %llu us", 2 * KVM_LOOPS,
			 (unsigned long long)answer->loop_us);
	else
		snprintf(answer->reason, sizeof(answer->reason),
			 "KVM here is not hardware: %d instructions take "
			 "%llu ms instead of less than 1",
			 2 * KVM_LOOPS,
			 (unsigned long long)answer->loop_us / 1000);
}

static void conclude(struct kvm_answer *answer, const char *device,
		     const struct finding *finding)
{
	if (finding->error) {
		explain_failure(answer, device, finding);
		return;
	}
	answer->loop_us = finding->loop_us;
	answer->usable = finding->loop_us < KVM_QUICK_US;
	if (finding->loop_us)
		explain_speed(answer);
	else
		snprintf(answer->reason, sizeof(answer->reason),
			 "a VM can be made");
}

void kvm_probe(struct kvm_answer *answer, const char *device)
{
	struct finding finding = {0};
	int pair[2] = {-1, -1};
	pid_t pid = -1;

	*answer = (struct kvm_answer){0};
	if (fd_pipe(pair) == 0) {
		pid = fork();
		if (pid == 0)
			be_child(device, pair[1]);
		fd_close(&pair[1]);
	}
	if (pid < 0)
		snprintf(answer->reason, sizeof(answer->reason),
			 "cannot start the probe: %s", strerror(errno));
	else if (hear_child(pair[0], &finding))
		conclude(answer, device, &finding);
	else
		snprintf(answer->reason, sizeof(answer->reason),
			 "a guest of ten instructions did not end in %d s",
			 KVM_DEADLINE_MS / 1000);
	if (pid > 0)
		end_child(pid);
	fd_close(&pair[0]);
}
