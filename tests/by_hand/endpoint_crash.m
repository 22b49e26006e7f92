-- Sequence numbers with a receiver that crashes, from the description in Fekete, Lynch, Mansour and
-- Spinelli (1993) of what an end may keep: one packet and one answer on their way; the receiver
-- works in two steps (take, apply and count; answer), and a crash drops what it works on.
-- At most one loss and one crash. `Forgets`: the crash takes the number it expects as well.

const
  Forgets: false;

var
  outbox: Maybe;
  number: Count;
  expected: Count;
  packet: Maybe;                    -- 0: the line is empty
  packet_number: Count;
  answer: 0..N + 1;                 -- 0: the line is empty; else the number, plus one
  busy: boolean;                    -- the receiver has applied something, and not answered yet
  held: Maybe;                      -- what the receiver works on
  held_number: Count;
  losses: 0..1;
  crashes: 0..1;

procedure Let_go();
begin
  busy := false;
  held := 0;
  held_number := 0;
end;

startstate
begin
  EmptyLedger();
  outbox := 0;
  number := 0;
  expected := 0;
  packet := 0;
  packet_number := 0;
  answer := 0;
  Let_go();
  losses := 0;
  crashes := 0;
end;

ruleset m: Message do
  rule "the application hands over a message" outbox = 0 & rank[m] = 0 ==>
  begin
    Accept(m);
    outbox := m;
  end;
end;

rule "send" outbox != 0 & packet = 0 ==>
begin
  packet := outbox;
  packet_number := number;
end;

rule "receive and apply" !busy & packet != 0 ==>
begin
  if packet_number = expected then
    Effect(packet);
    expected := expected + 1;
  end;
  busy := true;
  held := packet;
  held_number := packet_number;
  packet := 0;
  packet_number := 0;
end;

rule "answer" busy & answer = 0 ==>
begin
  answer := expected + 1;
  Let_go();
end;

rule "hear" answer != 0 ==>
begin
  if answer - 1 > number & outbox != 0 then
    done[outbox] := true;
    outbox := 0;
    number := number + 1;
  end;
  answer := 0;
end;

rule "lose the packet" packet != 0 & losses < 1 ==>
begin
  packet := 0;
  packet_number := 0;
  losses := losses + 1;
end;

rule "lose the answer" answer != 0 & losses < 1 ==>
begin
  answer := 0;
  losses := losses + 1;
end;

rule "crash" crashes < 1 & (busy | (Forgets & expected > 0)) ==>
begin
  Let_go();
  if Forgets then
    expected := 0;
  end;
  crashes := crashes + 1;
end;
