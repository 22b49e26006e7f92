-- The ledger, by hand: what really happened, as the protocols beside this file tell it.
--
-- Put before each of them by test_catalogue_counts.py. It is part of the state, as it is in ours:
-- without it fewer states could be told apart. `rank` is the order of acceptance; effects are
-- counted up to two; `order` is what the effects so far show of it, and never gets better again.

const
  N: 2;

type
  Message: 1..N;
  Maybe: 0..N;                      -- a message, or none
  Count: 0..N;
  Order: enum { Ordered, Stale, Overtaken };

var
  rank: array [Message] of Count;   -- 0: not accepted yet
  effects: array [Message] of 0..2;
  done: array [Message] of boolean; -- the application was told so
  order: Order;

procedure EmptyLedger();
begin
  for m: Message do
    rank[m] := 0;
    effects[m] := 0;
    done[m] := false;
  end;
  order := Ordered;
end;

procedure Accept(m: Message);
var
  before: Count;
begin
  before := 0;
  for o: Message do
    if rank[o] > 0 then
      before := before + 1;
    end;
  end;
  rank[m] := before + 1;
end;

procedure Effect(m: Message);
var
  later: boolean;                   -- one that was accepted after m has had its effect already
begin
  later := false;
  for o: Message do
    if rank[m] > 0 & rank[o] > rank[m] & effects[o] > 0 then
      later := true;
    end;
  end;
  if later & effects[m] = 0 then
    order := Overtaken;
  elsif later & order = Ordered then
    order := Stale;
  end;
  if effects[m] < 2 then
    effects[m] := effects[m] + 1;
  end;
end;
