package intake_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/intake"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/server"
	"galena/internal/tracking"
)

const handbook = `
galena: 1
name: Office
time_zone: UTC
signals:
  demo: {label: asked for a demo, event: Demo}
scores:
  keen:
    rules:
      - {on: demo, points: 50}
totals:
  score: {sum: [keen]}
stages:
  - {name: MQL, role: qualified, when: reachable && score >= 50}
`

// with calls fn with a new workspace and a desk for it.
func with(t *testing.T, sink func(*app.App) intake.Sink, fn func(*app.App, *intake.Desk)) {
	t.Helper()
	if err := server.Scratch(t.Context(), []byte(handbook), func(a *app.App) error {
		cfg := intake.Config{App: a}
		if sink != nil {
			cfg.Sink = sink(a)
		}
		fn(a, intake.New(t.Context(), cfg))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func people(n int) string {
	var b strings.Builder
	b.WriteString("E-mail,Name\n")
	for i := range n {
		fmt.Fprintf(&b, "p%d@tidal.example,Person %d\n", i, i)
	}
	return b.String()
}

const mapping = "source: fair\nemail: E-mail\ntraits: {name: Name}\nevents:\n  - {event: Demo}\n"

func do(t *testing.T, a *app.App, d *intake.Desk, number int64, task app.ImportTask) *app.Import {
	t.Helper()
	if err := d.Start(t.Context(), number, intake.Order{Task: task, By: "Ada"}); err != nil {
		t.Fatal(err)
	}
	if err := d.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	m, err := a.Import(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func score(t *testing.T, a *app.App, email string) (lead.Points, string) {
	t.Helper()
	p, err := a.Profile(t.Context(), app.Ref{Email: email}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return p.Lead.Scores[len(p.Lead.Scores)-1], p.Lead.Stage
}

// A file is received, rehearsed without a trace, imported, undone and brought back.
func TestAnImportFromEndToEnd(t *testing.T) {
	t.Parallel()
	with(t, nil, func(a *app.App, d *intake.Desk) {
		ctx := t.Context()
		m, err := d.Receive(ctx, `C:\lists\Spring fair.csv`, "Ada", strings.NewReader(people(250)+"nobody,\n"))
		if err != nil {
			t.Fatal(err)
		}
		if m.Number != 1 || m.Name != "Spring fair.csv" || m.Format != "csv" || !strings.Contains(m.Mapping, "email: E-mail") || !strings.Contains(m.Mapping, "source: spring-fair") {
			t.Errorf("received: %+v", m)
		}
		if err := d.SetMapping(ctx, 1, "source: fair\nemail: Mail\n"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a mapping of another file: %v", err)
		}
		if err := d.SetMapping(ctx, 1, mapping); err != nil {
			t.Fatal(err)
		}
		seen, err := d.Preview(ctx, m, m.Created, 3)
		if err != nil || len(seen.Rows) != 3 || len(seen.Columns) != 2 || seen.Rows[0].Events[0].Email != "p0@tidal.example" {
			t.Errorf("the preview is %+v, %v", seen, err)
		}
		if m = do(t, a, d, 1, app.TaskRehearse); m.State != app.ImportDone || m.Rehearsal.Rows != 251 || m.Rehearsal.Accepted != 500 || m.Rehearsal.Reasons["bad_email"] != 1 {
			t.Errorf("rehearsed: %+v, %+v", m, m.Rehearsal)
		}
		if end, err := a.End(ctx); err != nil || end != 0 || m.First != 0 {
			t.Errorf("the dry run left %d events (%v), first %d", end, err, m.First)
		}
		if m = do(t, a, d, 1, app.TaskImport); m.State != app.ImportDone || m.Result.Accepted != 500 || m.Result.Rejected != 1 || m.Held || m.First != 1 || m.Last != 500 {
			t.Fatalf("imported: %+v, %+v", m, m.Result)
		}
		if points, stage := score(t, a, "p9@tidal.example"); points != lead.Whole(50) || stage != "MQL" {
			t.Errorf("%s, %q after the import", points, stage)
		}
		if err := d.Start(ctx, 1, intake.Order{Task: app.TaskImport}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("again, without its file: %v", err)
		}
		if m = do(t, a, d, 1, app.TaskUndo); !m.Undone || m.Judged != 500 {
			t.Errorf("undone: %+v", m)
		}
		if points, stage := score(t, a, "p9@tidal.example"); points != 0 || stage != "" {
			t.Errorf("%s, %q after it was undone", points, stage)
		}
		if err := d.Start(ctx, 1, intake.Order{Task: app.TaskUndo, By: "Ada"}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("undone twice: %v", err)
		}
		if m = do(t, a, d, 1, app.TaskRedo); m.Undone {
			t.Errorf("brought back: %+v", m)
		}
		if points, stage := score(t, a, "p249@tidal.example"); points != lead.Whole(50) || stage != "MQL" {
			t.Errorf("%s, %q after it was brought back", points, stage)
		}
	})
}

// stopping takes some events and then waits until it is told to stop.
type stopping struct {
	*app.App
	left    atomic.Int64
	reached chan struct{}
}

func (s *stopping) Ingest(ctx context.Context, b pipeline.Batch) (pipeline.Receipt, error) {
	if s.left.Add(-1) == 0 {
		close(s.reached)
		<-ctx.Done()
		return pipeline.Receipt{}, ctx.Err()
	}
	return s.App.Ingest(ctx, b)
}

// An import that somebody stops keeps what it did and goes on from there; no other
// goes beside it.
func TestAnImportIsStoppedAndGoesOn(t *testing.T) {
	t.Parallel()
	s := &stopping{reached: make(chan struct{})}
	s.left.Store(2)
	with(t, func(a *app.App) intake.Sink { s.App = a; return s }, func(a *app.App, d *intake.Desk) {
		ctx := t.Context()
		for range 2 {
			m, err := d.Receive(ctx, "fair.csv", "Ada", strings.NewReader(people(1_200)))
			if err != nil {
				t.Fatal(err)
			}
			if err := d.SetMapping(ctx, m.Number, mapping); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Start(ctx, 1, intake.Order{Task: app.TaskImport}); err != nil {
			t.Fatal(err)
		}
		<-s.reached
		if err := d.Start(ctx, 2, intake.Order{Task: app.TaskImport}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("beside another: %v", err)
		}
		if err := d.Forget(ctx, 1); fault.KindOf(err) != fault.Conflict {
			t.Errorf("its file is forgotten: %v", err)
		}
		if err := d.Stop(ctx, 1); err != nil {
			t.Fatal(err)
		}
		m, err := a.Import(ctx, 1)
		if err != nil || m.State != app.ImportStopped || !m.Held || m.Result.Accepted == 0 || m.Result.Accepted == 2_400 {
			t.Fatalf("stopped: %+v, %+v, %v", m, m.Result, err)
		}
		had := m.Result.Accepted
		if m = do(t, a, d, 1, app.TaskImport); m.State != app.ImportDone || m.Result.Accepted != 2_400-had || m.Result.Duplicates != had {
			t.Errorf("went on: %+v", m.Result)
		}
		if m = do(t, a, d, 2, app.TaskImport); m.Result.Duplicates != 2_400 {
			t.Errorf("the same file: %+v", m.Result)
		}
	})
}

// A task of a process that ended counts as interrupted, and another goes on with it.
func TestAnInterruptedImportGoesOn(t *testing.T) {
	t.Parallel()
	with(t, nil, func(a *app.App, d *intake.Desk) {
		ctx := t.Context()
		m, err := d.Receive(ctx, "fair.csv", "Ada", strings.NewReader(people(3)))
		if err != nil {
			t.Fatal(err)
		}
		alive := func(age time.Duration) *app.Import {
			m, err := a.ChangeImport(ctx, m.Number, func(m *app.Import, now lead.Time) error {
				m.Task, m.State, m.Node, m.Beat, m.First = app.TaskImport, app.ImportRuns, "another", now-lead.Time(age/time.Millisecond), 1
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		if m := alive(time.Second); d.Interrupted(m, m.Beat.Add(lead.Second)) {
			t.Error("a task that is alive counts as interrupted")
		}
		if err := d.Start(ctx, m.Number, intake.Order{Task: app.TaskImport}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("beside another node: %v", err)
		}
		if m := alive(time.Minute); !d.Interrupted(m, m.Beat.Add(lead.Minute)) {
			t.Error("a task that is dead counts as alive")
		}
		if m = do(t, a, d, m.Number, app.TaskImport); m.State != app.ImportDone || m.Result.Accepted != 3 {
			t.Errorf("went on: %+v", m)
		}
	})
}

func TestFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	with(t, nil, func(a *app.App, d *intake.Desk) {
		for name, content := range map[string]string{
			"empty": "", "workbook": "PK\x03\x04 and so on", "list": "[{\"a\":1}]", "header only": "\n",
		} {
			if _, err := d.Receive(t.Context(), name, "Ada", strings.NewReader(content)); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := d.Receive(t.Context(), "cut", "Ada", failing{}); fault.KindOf(err) != fault.Busy {
			t.Errorf("cut: %v", err)
		}
		if left, err := a.Uploads(t.Context()); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
		m, err := d.Receive(t.Context(), "cars.csv", "Ada", strings.NewReader("Make,Model\nVolvo,P1800\n"))
		if err != nil || !strings.Contains(m.Mapping, `email: "Make"`) {
			t.Errorf("a table of cars: %+v, %v", m, err)
		}
		m, err = d.Receive(t.Context(), "events", "Ada", strings.NewReader(`{"type":"track","userId":"u1","event":"Demo"}`))
		if err != nil || m.Format != "ndjson" || m.Mapping != "" {
			t.Errorf("a log of messages: %+v, %v", m, err)
		}
	})
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the line broke") }

// What was refused at either door is mended and taken in once, as what it was.
func TestRejectsAreSentAgain(t *testing.T) {
	t.Parallel()
	with(t, nil, func(a *app.App, d *intake.Desk) {
		ctx := t.Context()
		if _, err := a.CreateKey(ctx, lead.BrowserKey, "site"); err != nil {
			t.Fatal(err)
		}
		refuse := func(message string) {
			from := tracking.Arrival{Received: lead.TimeOf(time.Now()), Origin: lead.Browser, Source: 1}
			_, err := tracking.Decoder{}.Message([]byte(message), 0, from)
			refusal, ok := errors.AsType[*tracking.Refusal](err)
			if !ok {
				t.Fatalf("%s is not refused: %v", message, err)
			}
			if _, err := a.Ingest(ctx, pipeline.Batch{Rejects: []lead.Reject{refusal.Reject(0, []byte(message), from)}}); err != nil {
				t.Fatal(err)
			}
		}
		refuse(`{"type":"track","event":"Demo"}`)
		refuse(`{"type":"track","userId":"u1"}`)
		m, err := d.Receive(ctx, "fair.csv", "Ada", strings.NewReader("E-mail,Name\nwrong,Bo\n"))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.SetMapping(ctx, m.Number, mapping); err != nil {
			t.Fatal(err)
		}
		do(t, a, d, m.Number, app.TaskImport)

		for seq, fields := range map[int64]struct{ wrong, right, name string }{
			1: {"", `{"type":"track", "event": "Demo", "anonymousId": "a1"}`, "Demo"},
			2: {`{"type":"track","userId":"u1","event":" "}`, `{"type":"track","userId":"u1","event":"Visit"}`, "Visit"},
			3: {`{"E-mail":"still wrong","Name":"Bo"}`, `{"E-mail":"bo@tidal.example","Name":"Bo"}`, "Demo"},
		} {
			x, err := a.Reject(ctx, seq)
			if err != nil {
				t.Fatal(err)
			}
			if text := intake.Editable(&x.Reject); strings.Contains(text, "galena_reject") {
				t.Errorf("what is to be mended is %s", text)
			}
			if err := intake.Again(ctx, a, a, seq, fields.wrong, "Ada"); fault.KindOf(err) != fault.Invalid || !strings.HasPrefix(fault.Text(err), "Still refused") {
				t.Errorf("%d, not mended: %v", seq, err)
			}
			if err := intake.Again(ctx, a, a, seq, fields.right, "Ada"); err != nil {
				t.Errorf("%d, mended: %v", seq, err)
			}
			if err := intake.Again(ctx, a, a, seq, fields.right, "Ada"); fault.KindOf(err) != fault.Conflict {
				t.Errorf("%d, mended twice: %v", seq, err)
			}
			found, err := a.LastEvents(ctx, app.EventQuery{Source: &x.Source, Name: fields.name, Limit: 10})
			if err != nil || len(found.Events) != 1 {
				t.Errorf("%d became %+v, %v", seq, found, err)
			} else if want := map[bool]lead.Origin{true: lead.Browser, false: lead.Import}[x.Source > 0]; found.Events[0].Origin != want {
				t.Errorf("%d is believed as of %s, want %s", seq, found.Events[0].Origin, want)
			}
		}
		if p, err := a.RejectPage(ctx, app.RejectFilter{Limit: 10}); err != nil || len(p.Rejects) != 0 {
			t.Errorf("left to mend: %+v, %v", p, err)
		}
		p, err := a.RejectPage(ctx, app.RejectFilter{Limit: 2, Mended: true})
		if err != nil || len(p.Rejects) != 2 || p.Rejects[0].Mended == nil || p.Rejects[0].Mended.By != "Ada" || p.Reached != 2 {
			t.Errorf("all: %+v, %v", p, err)
		}
		if c, err := a.Counts(ctx); err != nil || c.Rejects != 3 {
			t.Errorf("%d rejects are kept, %v", c.Rejects, err)
		}
	})
}
