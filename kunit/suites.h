/* SPDX-License-Identifier: GPL-2.0-only */
/* All suites, one a line: kunit/suites/<name>.cc. */
#ifndef KUNIT_SUITES_H
#define KUNIT_SUITES_H

#include "kunit/shim.h"

/* A program of one part has one suite: kunit/host/Makefile. */
#ifndef KT_SUITES
#define KT_SUITES(suite)        \
	suite(core_access_plan) \
	suite(core_bytes)       \
	suite(core_capability_mask) \
	suite(core_command_decode) \
	suite(core_command_encode) \
	suite(core_config_view) \
	suite(core_intx_line)   \
	suite(core_intx_model)  \
	suite(core_intx_vectors) \
	suite(core_device_type) \
	suite(core_known_device) \
	suite(core_layout)      \
	suite(core_notify)      \
	suite(core_ring)        \
	suite(core_shadow_counts) \
	suite(core_shadow_failures) \
	suite(core_shadow_guards) \
	suite(core_shadow_queues) \
	suite(core_shadow_refusals) \
	suite(core_shadow_same) \
	suite(core_shadow_vectors) \
	suite(member_bad_answers) \
	suite(member_bar0)      \
	suite(member_broken)    \
	suite(member_bus_master) \
	suite(member_choice)    \
	suite(member_config)    \
	suite(member_config_write) \
	suite(member_doorbell)  \
	suite(member_doorbell_events) \
	suite(member_doorbell_event_calls) \
	suite(member_doorbell_event_delays) \
	suite(member_doorbell_retry) \
	suite(member_failure_pace) \
	suite(member_function_state) \
	suite(member_identity)  \
	suite(member_intx)      \
	suite(member_intx_arming) \
	suite(member_intx_config) \
	suite(member_intx_irqs) \
	suite(member_intx_life) \
	suite(member_intx_overtaken) \
	suite(member_intx_races) \
	suite(member_intx_resets) \
	suite(member_intx_signals) \
	suite(member_intx_switching) \
	suite(member_in_tree)   \
	suite(member_in_tree_waits) \
	suite(member_kept_vectors) \
	suite(member_life)      \
	suite(member_msix)      \
	suite(member_msix_reset) \
	suite(member_owner)     \
	suite(member_power)     \
	suite(member_rearm)     \
	suite(member_reset)     \
	suite(member_reset_life) \
	suite(member_reset_race) \
	suite(member_restart)   \
	suite(member_shadow)    \
	suite(member_silence)   \
	suite(member_types)     \
	suite(member_widths)    \
	suite(fake_device)      \
	suite(fake_commands)    \
	suite(fake_vfio)        \
	suite(fake_events)      \
	suite(owner_bringup)    \
	suite(owner_current_depth) \
	suite(owner_depth)      \
	suite(owner_dispatch_depth) \
	suite(owner_lists)      \
	suite(owner_answers)    \
	suite(owner_notifications) \
	suite(owner_poll_window) \
	suite(owner_batch)      \
	suite(owner_poll)       \
	suite(owner_requests)   \
	suite(owner_probe) \
	suite(owner_queued)     \
	suite(owner_timeouts)   \
	suite(owner_scheduler)  \
	suite(owner_slot_table) \
	suite(owner_close)      \
	suite(owner_command_ring) \
	suite(owner_completions) \
	suite(owner_dispatcher) \
	suite(owner_inspection) \
	suite(owner_decisions)  \
	suite(owner_waiters)    \
	suite(owner_watchdog)   \
	suite(owner_expiry)     \
	suite(owner_recovery)   \
	suite(owner_freeze)     \
	suite(owner_sriov)      \
	suite(owner_messages)   \
	suite(owner_mute)       \
	suite(owner_stall)      \
	suite(owner_states)     \
	suite(owner_set_aside) \
	suite(owner_shutdown)   \
	suite(owner_doorbell)   \
	suite(owner_threads)
#endif

#define KT_DECLARE_SUITE(name) extern const struct kt_suite kt_suite_##name;
KN_BEGIN
KT_SUITES(KT_DECLARE_SUITE)
KN_END
#undef KT_DECLARE_SUITE

#endif
