package intake

import (
	"context"
	"errors"
	"time"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

// judgeSlice is how many events a verdict speaks of when an import is undone: so
// many people at the most are folded again in one transaction, and events that
// come meanwhile wait for that long.
const judgeSlice = 100

// Order is what to do with an import.
type Order struct {
	Task app.ImportTask
	// Backfill says that the file is history; of TaskImport and TaskRehearse.
	Backfill bool
	By       string
}

// Start begins a task in the background, or goes on with one that was stopped or
// interrupted. Another under way in this process is a fault.Conflict.
func (d *Desk) Start(ctx context.Context, number int64, o Order) error {
	working, cancel := context.WithCancel(d.ctx)
	j := &job{number: number, cancel: cancel, ended: make(chan struct{})}
	d.mu.Lock()
	if d.job != nil {
		other := d.job.number
		d.mu.Unlock()
		cancel()
		return fault.New(fault.Conflict, "Import %d is being worked on. One goes at a time; wait for it, or stop it.", other)
	}
	d.job = j
	d.mu.Unlock()

	end, err := d.App.End(ctx)
	var m *app.Import
	if err == nil {
		m, err = d.App.ChangeImport(ctx, number, func(m *app.Import, now lead.Time) error {
			// The job is known already, so its own earlier task counts as ended.
			if m.State == app.ImportRuns && m.Node != d.node && !late(m, now) {
				return fault.New(fault.Conflict, "Something is being done with this import already. Wait for it, or stop it.")
			}
			return d.begin(m, o, now, end)
		})
	}
	if err != nil {
		d.leave(j)
		return err
	}
	go d.work(working, j, m, o)
	return nil
}

// begin notes that a task is begun.
func (d *Desk) begin(m *app.Import, o Order, now lead.Time, end int64) error {
	switch o.Task {
	case app.TaskImport, app.TaskRehearse:
		if !m.Held {
			return fault.New(fault.Conflict, "The file of this import is not kept any more. Bring it again.")
		}
		if m.Undone {
			return fault.New(fault.Conflict, "This import was undone. Bring it back instead.")
		}
		if m.First > 0 && m.Backfill != o.Backfill {
			return fault.New(fault.Conflict, "A part of the file is in already, and the rest can only follow in the same way.")
		}
		m.Backfill = o.Backfill
		m.Done, m.All = 0, m.Size
		if o.Task == app.TaskImport && m.First == 0 {
			m.First = end + 1
		}
	case app.TaskUndo, app.TaskRedo:
		if m.First == 0 {
			return fault.New(fault.Conflict, "This import has brought nothing yet.")
		}
		if m.State == app.ImportDone && m.Undone == (o.Task == app.TaskUndo) {
			return fault.New(fault.Conflict, "That has been done already.")
		}
		if m.Last == 0 { // it was interrupted
			m.Last = end
		}
		m.Done, m.All, m.Judged = 0, m.Last-m.First+1, 0
	}
	m.Task, m.State, m.Problem, m.Node, m.Beat, m.Started, m.Ended, m.Halt = o.Task, app.ImportRuns, "", d.node, now, now, 0, false
	return nil
}

func (d *Desk) leave(j *job) {
	j.cancel()
	d.mu.Lock()
	d.job = nil
	d.mu.Unlock()
	close(j.ended)
}

// Stop ends the task of an import, and waits for that where this process does it;
// another ends it when it next says that it is alive.
func (d *Desk) Stop(ctx context.Context, number int64) error {
	d.mu.Lock()
	j := d.job
	d.mu.Unlock()
	if j == nil || j.number != number {
		_, err := d.App.ChangeImport(ctx, number, func(m *app.Import, now lead.Time) error {
			if m.State != app.ImportRuns || d.Interrupted(m, now) {
				return fault.New(fault.Conflict, "Nothing is being done with this import.")
			}
			m.Halt = true
			return nil
		})
		return err
	}
	j.cancel()
	select {
	case <-j.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Wait waits until no task is under way.
func (d *Desk) Wait(ctx context.Context) error {
	d.mu.Lock()
	j := d.job
	d.mu.Unlock()
	if j == nil {
		return nil
	}
	select {
	case <-j.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// work does a task and notes how it ended. A process that ends leaves it as it is:
// it counts as interrupted.
func (d *Desk) work(ctx context.Context, j *job, m *app.Import, o Order) {
	defer d.leave(j)
	t := &task{Desk: d, m: m, by: o.By, halt: j.cancel, beat: time.Now()}
	var err error
	switch o.Task {
	case app.TaskRehearse, app.TaskImport:
		err = t.carry(ctx)
	default:
		err = t.judge(ctx, o.Task == app.TaskUndo)
	}
	if d.ctx.Err() != nil {
		return
	}
	drop := false
	_, kept := d.App.ChangeImport(d.ctx, m.Number, func(now *app.Import, at lead.Time) error {
		t.tell(now, at)
		now.Ended = at
		switch {
		case err == nil:
			now.State = app.ImportDone
			if o.Task == app.TaskUndo || o.Task == app.TaskRedo {
				now.Undone = o.Task == app.TaskUndo
			}
			if o.Task == app.TaskImport {
				now.Held, drop = false, true
			}
		case ctx.Err() != nil:
			now.State = app.ImportStopped
		default:
			now.State, now.Problem = app.ImportFailed, fault.Text(err)
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		d.Logger.Error("an import failed", "import", m.Number, "task", o.Task, "error", err)
	}
	if kept == nil && drop {
		kept = d.App.DropUpload(d.ctx, m.Upload)
	}
	if kept != nil {
		d.Logger.Error("how an import ended was not kept", "import", m.Number, "error", kept)
	}
}

// task is what is done with an import, and how far it is.
type task struct {
	*Desk
	m    *app.Import // as it was begun
	by   string
	halt func()
	beat time.Time

	result *app.ImportResult
	done   int64
	last   int64 // the place of the end of the log, 0 if not asked
	judged int
}

// tell puts into what is kept how far it is.
func (t *task) tell(m *app.Import, now lead.Time) {
	m.Beat, m.Done = now, t.done
	switch t.m.Task {
	case app.TaskRehearse:
		m.Rehearsal = t.result
	case app.TaskImport:
		m.Result, m.Last = t.result, max(m.Last, t.last)
	default:
		m.Judged = t.judged
	}
}

// alive notes now and then how far it is, and hears whether it is to end.
func (t *task) alive(ctx context.Context) error {
	if time.Since(t.beat) < beatEvery {
		return nil
	}
	t.beat = time.Now()
	m, err := t.App.ChangeImport(ctx, t.m.Number, func(m *app.Import, now lead.Time) error {
		t.tell(m, now)
		return nil
	})
	if err == nil && m.Halt {
		t.halt()
		return context.Canceled
	}
	return err
}

// carry feeds the file to the workspace, or to a rehearsal of it.
func (t *task) carry(ctx context.Context) (err error) {
	f, err := t.open(ctx, t.m, t.m.Started)
	if err != nil {
		return err
	}
	defer f.Close()
	to := t.Sink
	if t.m.Task == app.TaskRehearse {
		to = &app.Rehearsal{On: t.App.Reader}
	}
	t.result = &app.ImportResult{Reasons: map[string]int{}}
	each := func(row *bulk.Row) error {
		count(t.result, row)
		return ctx.Err()
	}
	var trouble error
	err = Feed(ctx, f, to, each, func(r pipeline.Receipt) {
		t.result.Accepted += r.Accepted
		t.result.Duplicates += r.Duplicates
		if r.Refused > 0 {
			t.result.Rejected += r.Refused
			t.result.Reasons[pipeline.CodeNobody] += r.Refused
		}
		t.done = f.Reached()
		t.result.Numbers = kept(f.Numbers())
		trouble = errors.Join(trouble, t.alive(ctx))
	})
	if t.m.Task == app.TaskImport && t.Desk.ctx.Err() == nil {
		end, endErr := t.App.End(t.Desk.ctx)
		t.last, trouble = end, errors.Join(trouble, endErr)
	}
	return errors.Join(err, trouble)
}

// kept are notes as they are kept when the file is gone: without examples of texts
// that are no numbers, since those may tell of somebody who is erased later.
func kept(notes []app.NumberNote) []app.NumberNote {
	for i := range notes {
		if notes[i].Kind == app.NumberUnread {
			notes[i].Text = ""
		}
	}
	return notes
}

// count adds a row to a result.
func count(r *app.ImportResult, row *bulk.Row) {
	r.Rows++
	r.Events += len(row.Events) + len(row.IDs)
	r.Balances += row.Balances
	if row.Reject != nil {
		r.Rejected++
		r.Reasons[row.Reject.Code]++
	}
}

// judge gives verdicts on all that an import brought, in slices: that it counts
// no more, or does again. What a verdict says already is passed over, so that one
// that was interrupted goes on when it is begun again.
func (t *task) judge(ctx context.Context, out bool) error {
	const look = 2_000 // places of the log that are read at once
	why := "Import " + t.m.Name + " was undone."
	if !out {
		why = "Import " + t.m.Name + " was brought back."
	}
	end, err := t.App.End(ctx)
	if err != nil {
		return err
	}
	if t.m.Last > 0 {
		end = min(end, t.m.Last)
	}
	for after := t.m.First - 1; after < end; {
		ids, reached, err := t.App.MessagesOf(ctx, lead.SourceOfImport(t.m.Number), after, look)
		if err != nil {
			return err
		}
		if reached == after {
			break
		}
		for len(ids) > 0 {
			slice := ids[:min(len(ids), judgeSlice)]
			ids = ids[len(slice):]
			_, err := t.App.Judge(ctx, app.Verdict{Robot: out, Messages: slice, By: lead.Signature{Author: t.by, Reason: why}})
			if err != nil && fault.KindOf(err) != fault.Conflict {
				return err
			}
			t.judged += len(slice)
			if err := t.alive(ctx); err != nil {
				return err
			}
		}
		after = reached
		t.done = after - t.m.First + 1
	}
	return nil
}
