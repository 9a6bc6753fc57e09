package intake_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/intake"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

// long is a table of people that is kept in several parts.
func long(n int) string {
	var b strings.Builder
	b.WriteString("E-mail,Name\n")
	for i := range n {
		fmt.Fprintf(&b, "p%d@tidal.example,Person %d%s\n", i, i, strings.Repeat(" of many words", 100))
	}
	return b.String()
}

func receive(t *testing.T, d *intake.Desk, content string) *app.Import {
	t.Helper()
	m, err := d.Receive(t.Context(), "fair.csv", "Ada", strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.SetMapping(t.Context(), m.Number, mapping); err != nil {
		t.Fatal(err)
	}
	return m
}

func kept(t *testing.T, a *app.App) []app.Upload {
	t.Helper()
	all, err := a.Uploads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// What one node takes another imports, whole, and then it is gone.
func TestAFileIsThereForEveryNode(t *testing.T) {
	t.Parallel()
	with(t, nil, func(a *app.App, here *intake.Desk) {
		there := intake.New(t.Context(), intake.Config{App: a})
		m := receive(t, here, long(700))
		if u := kept(t, a); len(u) != 1 || u[0].Parts < 3 || u[0].Size != m.Size || u[0].Import != m.Number {
			t.Fatalf("kept: %+v, of %d bytes", u, m.Size)
		}
		if m = do(t, a, there, m.Number, app.TaskImport); m.Result.Rows != 700 || m.Result.Accepted != 1_400 {
			t.Errorf("imported: %+v", m.Result)
		}
		if u := kept(t, a); len(u) > 0 {
			t.Errorf("left: %+v", u)
		}
		if _, err := a.UploadPart(t.Context(), m.Upload, 0); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a part is left: %v", err)
		}
	})
}

// A file whose end falls on the end of a part is read as it came, and so is one whose
// parts come in small pieces.
func TestTheEndOfAFileIsItsOwn(t *testing.T) {
	t.Parallel()
	with(t, nil, func(a *app.App, d *intake.Desk) {
		head := "E-mail,Name\na@tidal.example,"
		for _, size := range []int{app.UploadPart - 1, app.UploadPart, app.UploadPart + 1, 2 * app.UploadPart} {
			content := head + strings.Repeat("a", size-len(head)-1) + "\n"
			m, err := d.Receive(t.Context(), "one.csv", "Ada", iotest.HalfReader(strings.NewReader(content)))
			if err != nil {
				t.Fatal(err)
			}
			seen, err := d.Preview(t.Context(), m, m.Created, 3)
			if err != nil || m.Size != int64(size) || len(seen.Rows) != 1 || seen.Problem != nil {
				t.Errorf("%d bytes: %+v, %v, kept %d", size, seen, err, m.Size)
			}
		}
	})
}

// A line that breaks in the midst of a part does not end a file.
func TestAFileThatDoesNotArriveWholeIsNotKept(t *testing.T) {
	t.Parallel()
	with(t, nil, func(a *app.App, d *intake.Desk) {
		for _, cut := range []int{100, app.UploadPart, app.UploadPart + 100} {
			broken := io.MultiReader(strings.NewReader(long(700)[:cut]), iotest.ErrReader(io.ErrUnexpectedEOF))
			if _, err := d.Receive(t.Context(), "fair.csv", "Ada", broken); fault.KindOf(err) != fault.Busy {
				t.Errorf("cut after %d bytes: %v", cut, err)
			}
		}
		if u := kept(t, a); len(u) > 0 {
			t.Errorf("left: %+v", u)
		}
	})
}

// Files that nobody imports are taken away after a time, but not one that is being
// imported, and none that came later.
func TestOldFilesAreTakenAway(t *testing.T) {
	t.Parallel()
	with(t, nil, func(a *app.App, d *intake.Desk) {
		ctx := t.Context()
		old, busy := receive(t, d, people(3)), receive(t, d, people(4))
		if _, err := a.ChangeImport(ctx, busy.Number, func(m *app.Import, now lead.Time) error {
			m.Task, m.State, m.Node, m.Beat = app.TaskImport, app.ImportRuns, "another", now
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		given, err := a.NewUpload(ctx, 10) // its process ended
		if err != nil {
			t.Fatal(err)
		}
		if err := a.AddToUpload(ctx, given, []byte("half")); err != nil {
			t.Fatal(err)
		}
		all := kept(t, a)
		first := all[slices.IndexFunc(all, func(u app.Upload) bool { return u.Import == old.Number })]
		if gone, err := d.Expire(ctx, first.Came); err != nil || gone != 0 {
			t.Errorf("none is old, %d are gone (%v)", gone, err)
		}
		if gone, err := d.Expire(ctx, given.Came+1); err != nil || gone != 2 {
			t.Errorf("%d are gone (%v)", gone, err)
		}
		if u := kept(t, a); len(u) != 1 || u[0].Import != busy.Number {
			t.Errorf("left: %+v", u)
		}
		if m, err := a.Import(ctx, old.Number); err != nil || m.Held {
			t.Errorf("%+v, %v", m, err)
		}
		if err := d.Start(ctx, old.Number, intake.Order{Task: app.TaskImport}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("it is imported without its file: %v", err)
		}
	})
}

// There is room for so many files and no more, of whichever node; what an ended
// process left does not count.
func TestFilesHaveABound(t *testing.T) {
	t.Parallel()
	with(t, nil, func(a *app.App, d *intake.Desk) {
		ctx := t.Context()
		for range 10 {
			receive(t, d, people(1))
		}
		if _, err := d.Receive(ctx, "one more.csv", "Ada", strings.NewReader(people(1))); fault.KindOf(err) != fault.Conflict {
			t.Errorf("one more: %v", err)
		}
		// Killed between the end of an import and the end of its file.
		if _, err := a.ChangeImport(ctx, 1, func(m *app.Import, _ lead.Time) error { m.Held = false; return nil }); err != nil {
			t.Fatal(err)
		}
		receive(t, d, people(1))
		if u := kept(t, a); len(u) != 10 {
			t.Errorf("%d are kept", len(u))
		}
	})
}

// slow takes each batch within a second.
type slow struct{ *app.App }

func (s slow) Ingest(ctx context.Context, b pipeline.Batch) (pipeline.Receipt, error) {
	time.Sleep(time.Second)
	return s.App.Ingest(ctx, b)
}

// A task is stopped through whichever node is asked.
func TestAnImportIsStoppedThroughAnotherNode(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		with(t, func(a *app.App) intake.Sink { return slow{a} }, func(a *app.App, here *intake.Desk) {
			ctx := t.Context()
			there := intake.New(ctx, intake.Config{App: a})
			m := receive(t, there, people(6_000))
			if err := there.Stop(ctx, m.Number); fault.KindOf(err) != fault.Conflict {
				t.Errorf("nothing is being done: %v", err)
			}
			if err := here.Start(ctx, m.Number, intake.Order{Task: app.TaskImport}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(3500 * time.Millisecond)
			if err := there.Stop(ctx, m.Number); err != nil {
				t.Fatal(err)
			}
			if err := here.Wait(ctx); err != nil {
				t.Fatal(err)
			}
			m, err := a.Import(ctx, m.Number)
			if err != nil || m.State != app.ImportStopped || !m.Held || m.Result.Accepted == 0 || m.Result.Accepted > 6_000 {
				t.Errorf("stopped: %+v, %+v, %v", m, m.Result, err)
			}
			had := m.Result.Accepted
			if m = do(t, a, there, m.Number, app.TaskImport); m.State != app.ImportDone || m.Result.Accepted != 12_000-had {
				t.Errorf("went on: %+v, %+v", m, m.Result)
			}
		})
	})
}
