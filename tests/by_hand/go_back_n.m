-- Go-Back-N with a window of two, from its description (RFC 3366, section 1.4.2). Numbers run from
-- 0 to Modulus - 1. One packet and one answer can be on their way; both may be lost.

const
  Window: 2;
  Modulus: 3;

type
  Number: 0..Modulus - 1;

var
  filled: 0..Window;                -- places of the window in use, oldest first
  window: array [1..Window] of Maybe;
  base: Number;
  sent: 0..Window;                  -- how many of the window have gone out since the last going back
  expected: Number;
  packet: Maybe;                    -- 0: the line is empty
  packet_number: Number;
  answer: 0..Modulus;               -- 0: the line is empty; else the number, plus one

startstate
begin
  EmptyLedger();
  filled := 0;
  for i: 1..Window do
    window[i] := 0;
  end;
  base := 0;
  sent := 0;
  expected := 0;
  packet := 0;
  packet_number := 0;
  answer := 0;
end;

ruleset m: Message do
  rule "the application hands over a message" filled < Window & rank[m] = 0 ==>
  begin
    Accept(m);
    filled := filled + 1;
    window[filled] := m;
  end;
end;

rule "send the next" sent < filled & packet = 0 ==>
begin
  packet := window[sent + 1];
  packet_number := (base + sent) % Modulus;
  sent := sent + 1;
end;

rule "go back" sent > 0 ==>
begin
  sent := 0;
end;

rule "receive" packet != 0 ==>
begin
  if packet_number = expected then
    Effect(packet);
    expected := (expected + 1) % Modulus;
  end;
  if answer = 0 then                -- where the line is full, the answer is lost
    answer := expected + 1;
  end;
  packet := 0;
  packet_number := 0;
end;

rule "hear" answer != 0 ==>
begin
  -- all before this number have arrived
  while base != answer - 1 & filled > 0 do
    done[window[1]] := true;
    for i: 1..Window do
      if i < Window then
        window[i] := window[i + 1];
      else
        window[i] := 0;
      end;
    end;
    filled := filled - 1;
    base := (base + 1) % Modulus;
    if sent > 0 then
      sent := sent - 1;
    end;
  end;
  answer := 0;
end;

rule "lose the packet" packet != 0 ==> begin packet := 0; packet_number := 0; end;
rule "lose the answer" answer != 0 ==> begin answer := 0; end;
