// SPDX-License-Identifier: GPL-2.0-only
#include "io.h"
#include "serial.h"

/* Registers of a 16550 UART. */
#define COM1 0x3f8
#define DATA (COM1 + 0)
#define INTERRUPT_ENABLE (COM1 + 1)
#define DIVISOR_LOW (COM1 + 0)
#define DIVISOR_HIGH (COM1 + 1)
#define FIFO_CONTROL (COM1 + 2)
#define LINE_CONTROL (COM1 + 3)
#define MODEM_CONTROL (COM1 + 4)
#define LINE_STATUS (COM1 + 5)

#define DIVISOR_ACCESS 0x80
#define EIGHT_BITS 0x03
#define FIFO_ENABLE_AND_CLEAR 0x07
#define DTR_AND_RTS 0x03
#define DATA_READY 0x01
#define TRANSMITTER_EMPTY 0x20

/* A UART whose other end does not read loses bytes after this many polls. */
#define MAX_POLLS 1000000

void serial_init(void)
{
	outb(0, INTERRUPT_ENABLE);
	outb(DIVISOR_ACCESS, LINE_CONTROL);
	outb(1, DIVISOR_LOW);
	outb(0, DIVISOR_HIGH);
	outb(EIGHT_BITS, LINE_CONTROL);
	outb(FIFO_ENABLE_AND_CLEAR, FIFO_CONTROL);
	outb(DTR_AND_RTS, MODEM_CONTROL);
}

bool serial_input(void)
{
	return inb(LINE_STATUS) & DATA_READY;
}

static void print_char(char byte)
{
	u32 polls = 0;

	while (!(inb(LINE_STATUS) & TRANSMITTER_EMPTY) && polls < MAX_POLLS) {
		relax();
		polls++;
	}
	outb(byte, DATA);
}

void print(const char *text)
{
	while (*text)
		print_char(*text++);
}

void print_decimal(u32 value)
{
	if (value >= 10)
		print_decimal(value / 10);
	print_char('0' + value % 10);
}

void print_hex(u32 value)
{
	int shift;

	for (shift = 28; shift >= 0; shift -= 4)
		print_char("0123456789abcdef"[value >> shift & 0xf]);
}

void print_field(const char *name, u32 value)
{
	print(" ");
	print(name);
	print("=");
	print_decimal(value);
}
