/* SPDX-License-Identifier: GPL-2.0-only */
/* Entry points of the 16 interrupts of the two 8259, VECTOR_SIZE bytes each. */

#define VECTORS 16
#define VECTOR_SIZE 8
#define SAVED_REGISTERS 32

	.section .text
	.globl interrupt_vectors
	.balign VECTOR_SIZE
interrupt_vectors:
	.set number, 0
	.rept VECTORS
	.balign VECTOR_SIZE
	pushl $number
	jmp common
	.set number, number + 1
	.endr

common:
	pusha
	cld
	pushl SAVED_REGISTERS(%esp)
	call interrupt_handle
	addl $4, %esp
	popa
	/* The number. */
	addl $4, %esp
	iret

	.section .note.GNU-stack, "", @progbits
