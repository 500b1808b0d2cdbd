/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which locks protect what, for clang's thread safety analysis (-Wthread-safety). Other compilers
 * see nothing of it. The prefix TSA_ keeps the names apart from the kernel's macros: headers of 7.x
 * define ACQUIRE().
 */
#ifndef BASE_CAPABILITY_H
#define BASE_CAPABILITY_H

#if defined(__clang__) && defined(__cplusplus)
#define TSA_ATTRIBUTE(x) __attribute__((x))
#else
#define TSA_ATTRIBUTE(x)
#endif

/* A type that is a lock. */
#define TSA_CAPABILITY(name) TSA_ATTRIBUTE(capability(name))
/* A type whose objects hold a lock from construction to destruction. */
#define TSA_SCOPED_CAPABILITY TSA_ATTRIBUTE(scoped_lockable)
/* A field to be used with the lock held. */
#define TSA_GUARDED_BY(lock) TSA_ATTRIBUTE(guarded_by(lock))
/* A pointer whose object is to be used with the lock held. */
#define TSA_PT_GUARDED_BY(lock) TSA_ATTRIBUTE(pt_guarded_by(lock))
/* A function to be called with the lock held. */
#define TSA_REQUIRES(...) TSA_ATTRIBUTE(requires_capability(__VA_ARGS__))
/* A function that takes or releases the lock. */
#define TSA_ACQUIRE(...) TSA_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define TSA_TRY_ACQUIRE(...) TSA_ATTRIBUTE(try_acquire_capability(__VA_ARGS__))
#define TSA_RELEASE(...) TSA_ATTRIBUTE(release_capability(__VA_ARGS__))
/* A function that checks at run time that the lock is held. */
#define TSA_ASSERT_HELD(...) TSA_ATTRIBUTE(assert_capability(__VA_ARGS__))
/* A function that returns a reference to the lock. */
#define TSA_RETURN_CAPABILITY(lock) TSA_ATTRIBUTE(lock_returned(lock))
/* A function that is not analysed; its comment says why. */
#define TSA_NO_ANALYSIS TSA_ATTRIBUTE(no_thread_safety_analysis)

#endif
