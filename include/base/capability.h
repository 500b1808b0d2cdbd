/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which locks protect what, for clang's thread safety analysis (-Wthread-safety). Other compilers
 * see nothing of it.
 */
#ifndef BASE_CAPABILITY_H
#define BASE_CAPABILITY_H

#if defined(__clang__) && defined(__cplusplus)
#define CAPABILITY_ATTRIBUTE(x) __attribute__((x))
#else
#define CAPABILITY_ATTRIBUTE(x)
#endif

/* A type that is a lock. */
#define CAPABILITY(name)	CAPABILITY_ATTRIBUTE(capability(name))
/* A type whose objects hold a lock from construction to destruction. */
#define SCOPED_CAPABILITY	CAPABILITY_ATTRIBUTE(scoped_lockable)
/* A field to be used with the lock held. */
#define GUARDED_BY(lock)	CAPABILITY_ATTRIBUTE(guarded_by(lock))
/* A pointer whose object is to be used with the lock held. */
#define PT_GUARDED_BY(lock)	CAPABILITY_ATTRIBUTE(pt_guarded_by(lock))
/* A function to be called with the lock held. */
#define REQUIRES(...)		CAPABILITY_ATTRIBUTE(requires_capability(__VA_ARGS__))
/* A function that takes or releases the lock. */
#define ACQUIRE(...)		CAPABILITY_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define TRY_ACQUIRE(...)	CAPABILITY_ATTRIBUTE(try_acquire_capability(__VA_ARGS__))
#define RELEASE(...)		CAPABILITY_ATTRIBUTE(release_capability(__VA_ARGS__))
/* A function that checks at run time that the lock is held. */
#define ASSERT_HELD(...)	CAPABILITY_ATTRIBUTE(assert_capability(__VA_ARGS__))
/* A function that returns a reference to the lock. */
#define RETURN_CAPABILITY(lock)	CAPABILITY_ATTRIBUTE(lock_returned(lock))
/* A function that is not analysed; its comment says why. */
#define NO_THREAD_SAFETY_ANALYSIS CAPABILITY_ATTRIBUTE(no_thread_safety_analysis)

#endif
