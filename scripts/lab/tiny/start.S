/* SPDX-License-Identifier: GPL-2.0-only */
/* Entry of a kernel of the Multiboot Specification, version 0.6.96 ("multiboot 1"). */

#define MULTIBOOT_MAGIC 0x1badb002
#define MULTIBOOT_LOADED 0x2badb002
#define MULTIBOOT_FLAGS 0
#define INFO_FLAGS 0
#define INFO_COMMAND_LINE 16
#define INFO_HAS_COMMAND_LINE 4

#define STACK_SIZE 16384

	.section .multiboot, "a"
	.balign 4
	.long MULTIBOOT_MAGIC
	.long MULTIBOOT_FLAGS
	.long -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

	.section .text
	.globl start
start:
	cli
	cld
	movl $stack_top, %esp
	/* REP STOS needs EAX. */
	movl %eax, %edx
	xorl %eax, %eax
	movl $bss_start, %edi
	movl $bss_end, %ecx
	subl %edi, %ecx
	shrl $2, %ecx
	rep stosl

	movl $no_command_line, %eax
	cmpl $MULTIBOOT_LOADED, %edx
	jne 1f
	testl $INFO_HAS_COMMAND_LINE, INFO_FLAGS(%ebx)
	jz 1f
	movl INFO_COMMAND_LINE(%ebx), %eax
	/* The ABI wants the stack aligned to 16 bytes before the call. */
1:	subl $12, %esp
	pushl %eax
	call tiny_main
2:	cli
	hlt
	jmp 2b

	.section .rodata
no_command_line:
	.byte 0

	.section .bss
	.balign 16
	.skip STACK_SIZE
stack_top:

	.section .note.GNU-stack, "", @progbits
