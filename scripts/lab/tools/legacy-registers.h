/* SPDX-License-Identifier: GPL-2.0-only */
/* Offsets in a legacy BAR0. */
#ifndef LEGACY_REGISTERS_H
#define LEGACY_REGISTERS_H

#define DEVICE_FEATURES 0
#define DRIVER_FEATURES 4
#define QUEUE_ADDRESS 8
#define QUEUE_SIZE 12
#define QUEUE_SELECT 14
#define QUEUE_NOTIFY 16
#define DEVICE_STATUS 18
#define ISR_STATUS 19
#define DEVICE_CONFIG 20
/* While MSI-X is on: */
#define CONFIG_VECTOR 20
#define QUEUE_VECTOR 22
#define DEVICE_CONFIG_MSIX 24

#define QUEUE_PAGE 4096ul	/* the unit of queue addresses */
#define QUEUE_PAGES 16		/* the longest ring of 1,024 entries is shorter */
#define NO_VECTOR 0xffff

#define STATUS_ACKNOWLEDGE 1
#define STATUS_DRIVER 2
#define STATUS_DRIVER_OK 4

#endif
