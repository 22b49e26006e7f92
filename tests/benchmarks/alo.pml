/* ALO(N, R, C) by hand in Promela. The protocol is told in alo.py and counts.json.
 *
 *     spin -DN=4 -DR=2 -DC=1 -a alo.pml
 *
 * One process and one choice of its loop for each action, each a d_step, so that SPIN makes one
 * transition of it. All variables are global bit fields: the state vector is as short as it can be,
 * and SPIN forgets none of them. Up to four messages, three tries, three copies.
 */

#if R < 2
#define TRIES 1
#else
#define TRIES 2
#endif
#if C < 2
#define COPIES 1
#else
#define COPIES 2
#endif

#define NEW 0
#define WAITING 1
#define DONE 2
#define GAVE_UP 3

#define VARIABLES(i)			\
	unsigned snd##i : 2;		\
	unsigned tries##i : TRIES;	\
	unsigned dat##i : COPIES;	\
	unsigned ack##i : COPIES;	\
	unsigned got##i : 1;		\
	unsigned eff##i : 2;

unsigned cur : 3;
unsigned stage : 2;
VARIABLES(1)
#if N >= 2
VARIABLES(2)
#endif
#if N >= 3
VARIABLES(3)
#endif
#if N >= 4
VARIABLES(4)
#endif

#define ACTIONS(i)								\
	:: d_step { snd##i == NEW && dat##i < C ->				\
		snd##i = WAITING; tries##i = 1; dat##i++ }			\
	:: d_step { snd##i == WAITING && tries##i < R && dat##i < C ->		\
		tries##i++; dat##i++ }						\
	:: d_step { snd##i == WAITING && tries##i == R -> snd##i = GAVE_UP }	\
	:: d_step { dat##i > 0 -> dat##i-- }					\
	DUPLICATE(i)								\
	:: d_step { stage == 0 && dat##i > 0 ->					\
		dat##i--; cur = i; stage = 1 }					\
	:: d_step { stage == 1 && cur == i ->					\
		eff##i = ((got##i == 0 && eff##i < 2) -> eff##i + 1 : eff##i);	\
		stage = 2 }							\
	:: d_step { stage == 2 && cur == i ->					\
		got##i = 1; ack##i = (ack##i < C -> ack##i + 1 : ack##i);	\
		cur = 0; stage = 0 }						\
	:: d_step { ack##i > 0 -> ack##i-- }					\
	:: d_step { ack##i > 0 && snd##i == WAITING -> ack##i--; snd##i = DONE }	\
	:: d_step { ack##i > 0 && snd##i > WAITING -> ack##i-- }

#if C < 2	/* it can never happen */
#define DUPLICATE(i)
#else
#define DUPLICATE(i) :: d_step { dat##i > 0 && dat##i < C -> dat##i++ }
#endif

active proctype alo()
{
end:	do
	ACTIONS(1)
#if N >= 2
	ACTIONS(2)
#endif
#if N >= 3
	ACTIONS(3)
#endif
#if N >= 4
	ACTIONS(4)
#endif
	:: d_step { stage > 0 -> cur = 0; stage = 0 }
	od
}
