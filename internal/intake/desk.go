package intake

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/phrase"
)

const (
	// MaxUpload bounds a file that is brought by the pages: some two million people
	// of a table. Larger ones are imported by the command, which needs no copy.
	MaxUpload = 200 << 20
	// maxHeld bounds how many files are kept, so that those that nobody imports do
	// not fill the workspace.
	maxHeld = 10
	// maxFileName bounds the name that is kept of a file, in bytes.
	maxFileName = 120
	// beatEvery is how often a task says that it is alive, and how far it is.
	beatEvery = 2 * time.Second
	// beatLate is after how long without that a task counts as interrupted: its
	// process has ended.
	beatLate = 5 * beatEvery
)

// Config says for what a Desk works.
type Config struct {
	App *app.App
	// Sink takes the events in; the App if nil.
	Sink   Sink
	Logger *slog.Logger
}

// Desk does the imports of this process, one at a time, in the background. Safe
// for concurrent use.
type Desk struct {
	Config
	ctx  context.Context
	node string

	mu  sync.Mutex
	job *job // nil: nothing is done
}

// job is a task under way.
type job struct {
	number int64
	cancel context.CancelFunc
	ended  chan struct{}
}

// New makes a desk whose tasks end with ctx. What they had begun can go on.
func New(ctx context.Context, cfg Config) *Desk {
	if cfg.Sink == nil {
		cfg.Sink = cfg.App
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Desk{Config: cfg, ctx: ctx, node: rand.Text()}
}

// Receive keeps a file and guesses what it is by what is in it.
func (d *Desk) Receive(ctx context.Context, name, by string, file io.Reader) (m *app.Import, err error) {
	u, err := d.App.NewUpload(ctx, maxHeld)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil { // of who went away no context counts
			err = errors.Join(err, d.App.DropUpload(context.WithoutCancel(ctx), u.ID))
		}
	}()
	if err = d.keep(ctx, u, io.LimitReader(file, MaxUpload+1)); err != nil {
		return nil, err
	}
	switch {
	case u.Size == 0:
		return nil, fault.New(fault.Invalid, "The file is empty, or none was chosen.")
	case u.Size > MaxUpload:
		return nil, fault.New(fault.TooLarge, "The file has more than %d MB. Import it with `galena import`, which needs no copy of it.", MaxUpload>>20)
	}
	name = fileName(name)
	m = &app.Import{Name: name, Size: u.Size, By: by, Held: true, Upload: u.ID, Source: sourceName(name)}
	if err = d.guess(ctx, m); err != nil {
		return nil, err
	}
	m, err = d.App.NewImport(ctx, *m)
	return m, err
}

// keep puts a file into the workspace, part by part.
func (d *Desk) keep(ctx context.Context, u *app.Upload, file io.Reader) error {
	var part bytes.Buffer
	for {
		// CopyN tells the end of the file from that of a line that broke.
		n, err := io.CopyN(&part, file, app.UploadPart)
		over := errors.Is(err, io.EOF)
		if err != nil && !over {
			return fault.Wrap(err, fault.Busy, "The file did not arrive whole. Send it again.")
		}
		if n > 0 {
			if err := d.App.AddToUpload(ctx, u, part.Bytes()); err != nil {
				return err
			}
		}
		if over {
			return nil
		}
		part.Reset()
	}
}

// guess finds out what a file is, and how its rows become events. What cannot be
// guessed is left for somebody to say; what is no table at all is refused.
func (d *Desk) guess(ctx context.Context, m *app.Import) error {
	head := make([]byte, 4096)
	n, err := io.ReadFull(d.read(ctx, m), head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	m.Format = string(bulk.Sniff(head[:n]))
	rd, err := NewFile(d.read(ctx, m), m.Size, bulk.Options{Format: bulk.Format(m.Format), Source: m.Source})
	if err == nil {
		err = rd.Knows(d.App.Plan())
	}
	if err != nil {
		var columns []string
		if m.Format == string(bulk.CSV) {
			columns, err = columnsOf(d.read(ctx, m), err)
		}
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "The file cannot be imported: %s", fault.Said(err))
		}
		m.Mapping = unknownMapping(m.Source, columns)
		return nil
	}
	if guessed := rd.Mapping(); guessed != nil {
		text, err := guessed.Document()
		if err != nil {
			return err
		}
		m.Mapping = string(text)
	}
	return nil
}

// columnsOf gives the columns of a table of which none looks like a person's; for
// whatever else is wrong with it, what that is.
func columnsOf(f io.Reader, wrong error) ([]string, error) {
	// Under a mapping that names no column of it the columns are read all the same.
	rd, err := bulk.NewReader(f, bulk.Options{Format: bulk.CSV, Mapping: &bulk.Mapping{Source: "x"}})
	if err != nil || len(rd.Columns()) == 0 {
		return nil, wrong
	}
	return rd.Columns(), nil
}

// NameThePerson is the comment in a mapping in which nobody was recognised.
var NameThePerson = phrase.New("No column looks like an address or an id of a person. Name the one that is it:")

// unknownMapping is a mapping that somebody has to complete.
func unknownMapping(source string, columns []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "source: %q\nformat: csv\n# %s\nemail: %q\nrest: keep\n", source, NameThePerson, columns[0])
	return b.String()
}

// fileName is a file's name as it is kept: without a path and what cannot be read.
func fileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return -1
		}
		return c
	}, strings.ToValidUTF8(name, ""))
	for len(name) > maxFileName {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return cmp.Or(strings.TrimSpace(name), "file")
}

// sourceName makes of a file's name what tells its rows from those of others.
func sourceName(name string) string {
	name = strings.TrimSuffix(name, filepath.Ext(name))
	slug := strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return '-'
	}, name)
	return cmp.Or(strings.Trim(slug, "-"), "import")
}

// SetMapping replaces the mapping of an import, if its file can be read by it.
func (d *Desk) SetMapping(ctx context.Context, number int64, text string) error {
	m, err := d.App.Import(ctx, number)
	if err != nil {
		return err
	}
	if m.Mapping == text {
		return nil
	}
	tried := *m
	tried.Mapping = text
	f, err := d.open(ctx, &tried, m.Created)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	_, err = d.App.ChangeImport(ctx, number, func(m *app.Import, now lead.Time) error {
		if err := d.free(m, now); err != nil {
			return err
		}
		m.Mapping, m.Rehearsal = text, nil
		return nil
	})
	return err
}

// free says why nothing can be begun with an import, nil if it can.
func (d *Desk) free(m *app.Import, now lead.Time) error {
	if m.State == app.ImportRuns && !d.Interrupted(m, now) {
		return fault.New(fault.Conflict, "Something is being done with this import already. Wait for it, or stop it.")
	}
	return nil
}

// Interrupted says that the process that did a task of an import has ended.
func (d *Desk) Interrupted(m *app.Import, now lead.Time) bool {
	if m.State != app.ImportRuns {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if m.Node == d.node {
		return d.job == nil || d.job.number != m.Number
	}
	return late(m, now)
}

// late says that the process that does a task has not said for long that it is alive.
func late(m *app.Import, now lead.Time) bool {
	return int64(now-m.Beat) > int64(beatLate/time.Millisecond)
}

// open reads the file of an import, for as long as ctx lasts.
func (d *Desk) open(ctx context.Context, m *app.Import, now lead.Time) (*File, error) {
	policy, err := d.App.Policy(ctx)
	if err != nil {
		return nil, err
	}
	o, err := options(m, now)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The mapping cannot be read: %s", fault.Said(err))
	}
	f := d.read(ctx, m)
	if err := f.fill(); err != nil {
		return nil, err
	}
	file, err := NewFile(f, m.Size, o)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The file cannot be read like this: %s", fault.Said(err))
	}
	file.Keep(policy.Addresses)
	if err := file.Knows(d.App.Plan()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// Preview is the beginning of a file as what it would become.
type Preview struct {
	// Columns are those of a table, nil of other files.
	Columns []string
	Rows    []bulk.Row
	// Numbers tells how numbers are read, of more rows than are shown.
	Numbers []app.NumberNote
	// Problem says why there is none, or why it ends.
	Problem error
}

// previewLooked is how many rows a preview looks at for numbers that cannot be read:
// some milliseconds' worth.
const previewLooked = 200

// Preview reads the first rows of an import's file.
func (d *Desk) Preview(ctx context.Context, m *app.Import, now lead.Time, rows int) (*Preview, error) {
	f, err := d.open(ctx, m, now)
	if fault.KindOf(err) == fault.Invalid {
		return &Preview{Problem: err}, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p := &Preview{Columns: f.Columns()}
	for looked := 0; looked < max(rows, previewLooked); looked++ {
		row, err := f.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if looked < rows {
				p.Problem = err
			}
			break
		}
		if looked < rows {
			p.Rows = append(p.Rows, row)
		}
	}
	p.Numbers = f.Numbers()
	return p, nil
}

// Forget takes the file of an import away; what it brought stays.
func (d *Desk) Forget(ctx context.Context, number int64) error {
	m, err := d.App.ChangeImport(ctx, number, func(m *app.Import, now lead.Time) error {
		m.Held = false
		return d.free(m, now)
	})
	if err != nil {
		return err
	}
	return d.App.DropUpload(ctx, m.Upload)
}

// Expire takes away the files that came before a moment and with which nothing is
// being done, and says how many.
func (d *Desk) Expire(ctx context.Context, before lead.Time) (gone int, err error) {
	uploads, err := d.App.Uploads(ctx)
	for i := 0; i < len(uploads) && err == nil; i++ {
		u := &uploads[i]
		if u.Came >= before {
			continue
		}
		if u.Import == 0 {
			err = d.App.DropUpload(ctx, u.ID)
		} else if err = d.Forget(ctx, u.Import); fault.KindOf(err) == fault.Conflict && err != nil {
			err = nil // it is being imported at last
			continue
		}
		if err == nil {
			gone++
		}
	}
	return gone, err
}
