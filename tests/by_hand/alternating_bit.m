-- The alternating bit, from its description (Bartlett, Scantlebury and Wilkinson 1969): two lines
-- that keep the order, hold two, and may lose any item. Each side sends whenever there is room.

const
  Room: 2;

type
  Packet: record
    m: Maybe;                       -- 0: the place is empty
    bit: boolean;
  end;

var
  sending: Maybe;
  bit: boolean;
  seen: boolean;
  packets: array [1..Room] of Packet;
  answers: array [1..Room] of 0..2; -- 0: empty; else the bit, plus one

procedure Remove_packet(at: 1..Room);
begin
  for i: 1..Room do
    if i >= at then
      if i < Room then
        packets[i] := packets[i + 1];
      else
        packets[i].m := 0;
        packets[i].bit := false;
      end;
    end;
  end;
end;

procedure Remove_answer(at: 1..Room);
begin
  for i: 1..Room do
    if i >= at then
      if i < Room then
        answers[i] := answers[i + 1];
      else
        answers[i] := 0;
      end;
    end;
  end;
end;

startstate
begin
  EmptyLedger();
  sending := 0;
  bit := false;
  seen := false;
  for i: 1..Room do
    packets[i].m := 0;
    packets[i].bit := false;
    answers[i] := 0;
  end;
end;

ruleset m: Message do
  rule "the application hands over a message" sending = 0 & rank[m] = 0 ==>
  begin
    Accept(m);
    sending := m;
    bit := !bit;
  end;
end;

rule "send" sending != 0 & packets[Room].m = 0 ==>
begin
  if packets[1].m = 0 then
    packets[1].m := sending;
    packets[1].bit := bit;
  else
    packets[2].m := sending;
    packets[2].bit := bit;
  end;
end;

rule "receive" packets[1].m != 0 ==>
begin
  if packets[1].bit != seen then
    Effect(packets[1].m);
    seen := packets[1].bit;
  end;
  Remove_packet(1);
end;

rule "answer" answers[Room] = 0 ==>
begin
  if answers[1] = 0 then
    answers[1] := (seen ? 2 : 1);
  else
    answers[2] := (seen ? 2 : 1);
  end;
end;

rule "hear" answers[1] != 0 ==>
begin
  if (answers[1] = 2) = bit & sending != 0 then
    done[sending] := true;
    sending := 0;
  end;
  Remove_answer(1);
end;

ruleset i: 1..Room do
  rule "lose a packet" packets[i].m != 0 ==> begin Remove_packet(i); end;
  rule "lose an answer" answers[i] != 0 ==> begin Remove_answer(i); end;
end;
