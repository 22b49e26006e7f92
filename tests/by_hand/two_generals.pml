/* The Two Generals in Promela, from the story as Gray (1978) tells it: a plan of three messages,
 * the odd ones from the first general, the even one from the second. Each may send his messenger
 * again until dawn, one at a time with each message; dawn waits until no messenger is on his way.
 * At most one messenger is caught.
 *
 * Each choice is one d_step, so that SPIN makes one transition of it.
 */

byte first;		/* the last message that he has sent or received */
byte second;
bool dawn;
bool there[4];		/* on its way from the first to the second */
bool back[4];
byte caught;

#define SEND(n, knows, way)							\
	:: d_step { !dawn && (knows == n - 1 || knows == n) && !way[n] ->	\
		way[n] = true; knows = n }

#define TRAVEL(n, knows, way)							\
	:: d_step { way[n] ->							\
		way[n] = false; knows = (knows < n -> n : knows) }		\
	:: d_step { way[n] && caught == 0 ->					\
		way[n] = false; caught = 1 }

active proctype plan()
{
end:	do
	SEND(1, first, there)
	SEND(2, second, back)
	SEND(3, first, there)
	TRAVEL(1, second, there)
	TRAVEL(2, first, back)
	TRAVEL(3, second, there)
	:: d_step { !dawn && !there[1] && !back[2] && !there[3] -> dawn = true }
	od
}
