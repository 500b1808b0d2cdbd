/* SPDX-License-Identifier: GPL-2.0-only */
/* The words for the administrator's choices, of parameters and attributes. */
#ifndef DRIVERS_MEMBER_PARAMETERS_H
#define DRIVERS_MEMBER_PARAMETERS_H

/* Index 1 is what the settings of member/exports.h call true. */
extern const char *const virtio_legacy_identities[2];
extern const char *const virtio_legacy_capabilities[2];
extern const char *const virtio_legacy_intx[2];

#endif
