-- ALO(N, R, C) by hand in Murphi. The protocol is told in alo.py and counts.json.
-- The three constants are set by compare.py.

const
  N: 2;
  R: 2;
  C: 2;

type
  Message: 1..N;
  Sender: enum { New, Waiting, Done, GaveUp };
  Copies: 0..C;

var
  snd: array [Message] of Sender;
  tries: array [Message] of 0..R;
  dat: array [Message] of Copies;
  ack: array [Message] of Copies;
  got: array [Message] of boolean;
  eff: array [Message] of 0..2;
  cur: 0..N;
  stage: 0..2;

startstate
begin
  for i: Message do
    snd[i] := New;
    tries[i] := 0;
    dat[i] := 0;
    ack[i] := 0;
    got[i] := false;
    eff[i] := 0;
  end;
  cur := 0;
  stage := 0;
end;

ruleset i: Message do

  rule "Send" snd[i] = New & dat[i] < C ==>
  begin
    snd[i] := Waiting;
    tries[i] := 1;
    dat[i] := dat[i] + 1;
  end;

  rule "Resend" snd[i] = Waiting & tries[i] < R & dat[i] < C ==>
  begin
    tries[i] := tries[i] + 1;
    dat[i] := dat[i] + 1;
  end;

  rule "GiveUp" snd[i] = Waiting & tries[i] = R ==>
  begin
    snd[i] := GaveUp;
  end;

  rule "Lose" dat[i] > 0 ==>
  begin
    dat[i] := dat[i] - 1;
  end;

  rule "Dup" dat[i] > 0 & dat[i] < C ==>
  begin
    dat[i] := dat[i] + 1;
  end;

  rule "Take" stage = 0 & dat[i] > 0 ==>
  begin
    dat[i] := dat[i] - 1;
    cur := i;
    stage := 1;
  end;

  rule "LoseAck" ack[i] > 0 ==>
  begin
    ack[i] := ack[i] - 1;
  end;

  rule "GetAck" ack[i] > 0 & snd[i] = Waiting ==>
  begin
    ack[i] := ack[i] - 1;
    snd[i] := Done;
  end;

  rule "DropAck" ack[i] > 0 & (snd[i] = Done | snd[i] = GaveUp) ==>
  begin
    ack[i] := ack[i] - 1;
  end;

end;

rule "Effect" stage = 1 ==>
begin
  stage := 2;
  if !got[cur] & eff[cur] < 2 then
    eff[cur] := eff[cur] + 1;
  end;
end;

rule "MarkAck" stage = 2 ==>
begin
  got[cur] := true;
  if ack[cur] < C then
    ack[cur] := ack[cur] + 1;
  end;
  cur := 0;
  stage := 0;
end;

rule "Crash" stage > 0 ==>
begin
  cur := 0;
  stage := 0;
end;
