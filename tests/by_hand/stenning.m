-- Stenning's protocol with a window of one, from its description (Stenning 1976). The network is
-- a bag each way, with room for two of each kind: it loses, doubles, and delivers in any order.
-- `Modulus` 0: the numbers never come round. Else the next number is taken modulo it.

const
  Room: 2;
  Modulus: 0;

type
  Copies: 0..Room;

var
  sending: Maybe;
  number: Count;
  applied: Count;
  letters: array [Message] of array [Count] of Copies;
  answers: array [Count] of Copies;

function Next(n: Count): 0..N + 1;
begin
  if Modulus > 0 & n + 1 = Modulus then
    return 0;
  end;
  return n + 1;
end;

startstate
begin
  EmptyLedger();
  sending := 0;
  number := 0;
  applied := 0;
  for n: Count do
    answers[n] := 0;
    for m: Message do
      letters[m][n] := 0;
    end;
  end;
end;

ruleset m: Message do
  rule "the application hands over a message" sending = 0 & rank[m] = 0 ==>
  begin
    Accept(m);
    sending := m;
    number := Next(number);
  end;

  rule "send" sending = m & letters[m][number] < Room ==>
  begin
    letters[m][number] := letters[m][number] + 1;
  end;

  ruleset n: Count do
    rule "receive" letters[m][n] > 0 ==>
    begin
      letters[m][n] := letters[m][n] - 1;
      if n = Next(applied) then
        Effect(m);
        applied := n;
      end;
    end;

    rule "lose a letter" letters[m][n] > 0 ==>
    begin
      letters[m][n] := letters[m][n] - 1;
    end;

    rule "double a letter" letters[m][n] > 0 & letters[m][n] < Room ==>
    begin
      letters[m][n] := letters[m][n] + 1;
    end;
  end;
end;

rule "answer" answers[applied] < Room ==>
begin
  answers[applied] := answers[applied] + 1;
end;

ruleset n: Count do
  rule "hear" answers[n] > 0 ==>
  begin
    answers[n] := answers[n] - 1;
    if n = number & sending != 0 then
      done[sending] := true;
      sending := 0;
    end;
  end;

  rule "lose an answer" answers[n] > 0 ==>
  begin
    answers[n] := answers[n] - 1;
  end;

  rule "double an answer" answers[n] > 0 & answers[n] < Room ==>
  begin
    answers[n] := answers[n] + 1;
  end;
end;
