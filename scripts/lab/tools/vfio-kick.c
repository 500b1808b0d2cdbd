// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-kick BDF COUNT: what a notification of a guest costs, with a VMM of a few lines. The guest is one
 * page of code, which writes the notify register of a VF's BAR0 COUNT times in a loop of three
 * instructions:
 *   write     KVM leaves the VMM's ioctl for each, and the VMM writes BAR0
 *   eventfd   KVM signals an eventfd that VFIO_DEVICE_IOEVENTFD knows
 * Prints two JSON objects for each way: ns of part "whole" is the time of all notifications, and of part
 * "beyond-exit" the same without what an eventfd costs to which nothing listens.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "legacy-registers.h"
#include "vfio-device.h"

#define CODE 0x1000
#define PORT 0xc010		/* BAR0 at 0xc000 */
#define PCI_COMMAND 4
#define QUEUE 0
#define MAX_COUNT 60000

/* out dx, ax; dec cx; jnz back; hlt */
static const unsigned char code[] = { 0xef, 0x49, 0x75, 0xfc, 0xf4 };

struct vmm {
	struct vfio_device device;
	uint64_t notify;	/* offset in the device's file */
	int vm, vcpu;
	struct kvm_run *run;
};

static int check(int result, const char *what)
{
	if (result < 0)
		err(1, "%s", what);
	return result;
}

static void open_device(struct vmm *vmm, const char *bdf)
{
	const uint16_t command = 5;	/* I/O and bus mastering */
	struct vfio_region_info info;
	int error = vfio_open(&vmm->device, bdf);

	if (error)
		errx(1, "%s: %s", vmm->device.failed, strerror(-error));
	error = vfio_region(&vmm->device, VFIO_PCI_CONFIG_REGION_INDEX, &info);
	if (!error)
		error = vfio_write(&vmm->device, info.offset + PCI_COMMAND, &command, sizeof(command));
	if (!error)
		error = vfio_region(&vmm->device, VFIO_PCI_BAR0_REGION_INDEX, &info);
	if (error)
		errx(1, "regions: %s", strerror(-error));
	vmm->notify = info.offset + QUEUE_NOTIFY;
}

static void make_guest(struct vmm *vmm)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct kvm_userspace_memory_region memory = {
		.guest_phys_addr = CODE, .memory_size = 4096, .userspace_addr = (uintptr_t)page };
	int kvm = check(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	struct kvm_sregs sregs;
	int size;

	if (page == MAP_FAILED)
		err(1, "memory");
	memcpy(page, code, sizeof(code));
	vmm->vm = check(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	check(ioctl(vmm->vm, KVM_SET_USER_MEMORY_REGION, &memory), "memory of the guest");
	vmm->vcpu = check(ioctl(vmm->vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	size = check(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
	vmm->run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vmm->vcpu, 0);
	if (vmm->run == MAP_FAILED)
		err(1, "kvm_run");
	check(ioctl(vmm->vcpu, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	check(ioctl(vmm->vcpu, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
}

/* Runs the guest to its end. Returns how many writes came to the VMM, and passes them on. */
static unsigned int run_guest(struct vmm *vmm, unsigned int count)
{
	struct kvm_regs regs = { .rip = CODE, .rflags = 2, .rcx = count, .rdx = PORT, .rax = QUEUE };
	unsigned int seen = 0;

	check(ioctl(vmm->vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
	for (;;) {
		struct kvm_run *run = vmm->run;

		if (ioctl(vmm->vcpu, KVM_RUN, 0) < 0 && errno != EINTR)
			err(1, "KVM_RUN");
		if (run->exit_reason == KVM_EXIT_HLT)
			return seen;
		if (run->exit_reason != KVM_EXIT_IO || run->io.port != PORT || run->io.size != 2)
			errx(1, "exit %u of the guest", run->exit_reason);
		if (vfio_write(&vmm->device, vmm->notify, (char *)run + run->io.data_offset, 2))
			errx(1, "notification");
		seen++;
	}
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Nanoseconds of @count writes, of which @wanted come to the VMM. */
static uint64_t measure(struct vmm *vmm, unsigned int count, unsigned int wanted)
{
	uint64_t start;

	run_guest(vmm, 100);	/* the first writes fill the caches of KVM */
	start = now_ns();
	if (run_guest(vmm, count) != wanted)
		errx(1, "other exits than expected");
	return now_ns() - start;
}

static void print(const char *way, const char *part, unsigned int count, uint64_t ns)
{
	printf("{\"mode\": \"kick\", \"way\": \"%s\", \"part\": \"%s\", \"count\": %u, \"ns\": %llu}\n", way,
	       part, count, (unsigned long long)ns);
}

/* KVM signals @fd for a notification. */
static void signal_by_kvm(struct vmm *vmm, int fd)
{
	struct kvm_ioeventfd event = { .datamatch = QUEUE, .addr = PORT, .len = 2, .fd = fd,
		.flags = KVM_IOEVENTFD_FLAG_PIO | KVM_IOEVENTFD_FLAG_DATAMATCH };

	check(ioctl(vmm->vm, KVM_IOEVENTFD, &event), "KVM_IOEVENTFD");
}

int main(int argc, char **argv)
{
	unsigned int count = argc == 3 ? (unsigned int)strtoul(argv[2], NULL, 10) : 0;
	struct vfio_device_ioeventfd request = { .argsz = sizeof(request),
		.flags = VFIO_DEVICE_IOEVENTFD_16, .data = QUEUE };
	uint64_t bare, by_write, by_event;
	struct vmm vmm;
	int fd;

	if (!count || count > MAX_COUNT)
		errx(2, "usage: vfio-kick BDF COUNT");
	open_device(&vmm, argv[1]);
	make_guest(&vmm);
	by_write = measure(&vmm, count, count);
	fd = check(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
	signal_by_kvm(&vmm, fd);
	bare = measure(&vmm, count, 0);
	request.offset = vmm.notify;
	request.fd = fd;
	check(ioctl(vmm.device.fd, VFIO_DEVICE_IOEVENTFD, &request), "VFIO_DEVICE_IOEVENTFD");
	by_event = measure(&vmm, count, 0);
	print("write", "whole", count, by_write);
	print("write", "beyond-exit", count, by_write - bare);
	print("eventfd", "whole", count, by_event);
	print("eventfd", "beyond-exit", count, by_event - bare);
	vfio_close(&vmm.device);
	return 0;
}
