-- The task stream: everything that happened in a task, in one order. The head row hands out the sequence numbers; because it stays locked
-- until the commit, a number is visible only when all smaller ones are, so readers that ask for "after n" never meet a gap.
CREATE TABLE task_stream_heads (
    task_id   text COLLATE "C" PRIMARY KEY,
    seq       bigint NOT NULL,
    -- Seq of the frame that ended the task; 0 or less while it is open (never ended, or opened again).
    ended_seq bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE task_stream (
    task_id  text COLLATE "C" NOT NULL,
    seq      bigint NOT NULL,
    -- A row that stands for the numbers from_seq..seq after its deltas were folded into one; otherwise equal to seq.
    from_seq bigint NOT NULL,
    at       timestamptz NOT NULL,
    call_id  text,
    attempt  integer,
    -- Bit 0: for the hub only, not part of the projection that SSE carries. Bit 1: ends the task. Bit 2: opens it again. Bit 3: completes a message.
    flags    smallint NOT NULL,
    update   text NOT NULL,
    PRIMARY KEY (task_id, seq)
);
