package intake

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/privacy"
)

const (
	// MaxUpload bounds a file that is brought by the pages: some two million people
	// of a table. Larger ones are imported by the command, which needs no copy.
	MaxUpload = 200 << 20
	// maxHeld bounds how many files are kept, so that those that nobody imports do
	// not fill the disk.
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
	Sink Sink
	// Folder keeps uploaded files; it is made when the first comes.
	Folder string
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

// filePrefix begins the names of files that are kept, before their numbers.
const filePrefix = "import-"

func (d *Desk) path(number int64) string {
	return filepath.Join(d.Folder, filePrefix+strconv.FormatInt(number, 10))
}

// Receive keeps a file and guesses what it is by what is in it.
func (d *Desk) Receive(ctx context.Context, name, by string, file io.Reader) (m *app.Import, err error) {
	recent, err := d.App.Imports(ctx, 0, 100)
	if err != nil {
		return nil, err
	}
	held := 0
	for i := range recent {
		if recent[i].Held {
			held++
		}
	}
	if held >= maxHeld {
		return nil, fault.New(fault.Conflict, "%d files are kept already. Import them first, or take some away.", held)
	}
	if err := os.MkdirAll(d.Folder, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Busy, "The folder for uploads cannot be made.")
	}
	f, err := os.CreateTemp(d.Folder, "upload-*")
	if err != nil {
		return nil, fault.Wrap(err, fault.Busy, "The file cannot be kept.")
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	size, err := io.Copy(f, io.LimitReader(file, MaxUpload+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fault.Wrap(err, fault.Busy, "The file did not arrive whole. Send it again.")
	}
	switch {
	case size == 0:
		return nil, fault.New(fault.Invalid, "The file is empty, or none was chosen.")
	case size > MaxUpload:
		return nil, fault.New(fault.TooLarge, "The file has more than %d MB. Import it with `galena import`, which needs no copy of it.", MaxUpload>>20)
	}
	name = fileName(name)
	m = &app.Import{Name: name, Size: size, By: by, Held: true, Source: sourceName(name)}
	if err := d.guess(f.Name(), m); err != nil {
		return nil, err
	}
	if m, err = d.App.NewImport(ctx, *m); err != nil {
		return nil, err
	}
	if err = os.Rename(f.Name(), d.path(m.Number)); err != nil {
		return nil, fault.Wrap(err, fault.Busy, "The file cannot be kept.")
	}
	return m, nil
}

// guess finds out what a file is, and how its rows become events. What cannot be
// guessed is left for somebody to say; what is no table at all is refused.
func (d *Desk) guess(path string, m *app.Import) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	m.Format = string(bulk.CSV)
	if text := bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\xef\xbb\xbf")), " \t\r\n"); bytes.HasPrefix(text, []byte("{")) || bytes.HasPrefix(text, []byte("[")) {
		m.Format = string(bulk.NDJSON)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	rd, err := bulk.NewReader(f, bulk.Options{Format: bulk.Format(m.Format), Source: m.Source, Decode: cut})
	if err != nil {
		var columns []string
		if m.Format == string(bulk.CSV) {
			columns, err = columnsOf(path, err)
		}
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "The file cannot be imported: %s", fault.Text(err))
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

// cut decodes a line of which no more is asked than what it is.
func cut(line []byte) (lead.Event, *lead.Reject) { return Decode(line, privacy.Cut) }

// columnsOf gives the columns of a table of which none looks like a person's; for
// whatever else is wrong with it, what that is.
func columnsOf(path string, wrong error) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// Under a mapping that names no column of it the columns are read all the same.
	rd, err := bulk.NewReader(f, bulk.Options{Format: bulk.CSV, Mapping: &bulk.Mapping{Source: "x"}})
	if err != nil || len(rd.Columns()) == 0 {
		return nil, wrong
	}
	return rd.Columns(), nil
}

// unknownMapping is a mapping that somebody has to complete.
func unknownMapping(source string, columns []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "source: %q\nformat: csv\n# No column looks like an address or an id of a person. Name the one that is it:\nemail: %q\nrest: keep\n", source, columns[0])
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
	_, err := d.App.ChangeImport(ctx, number, func(m *app.Import, now lead.Time) error {
		if err := d.free(m, now); err != nil {
			return err
		}
		if m.Mapping == text {
			return nil
		}
		m.Mapping, m.Rehearsal = text, nil
		f, err := d.open(m, now)
		if err != nil {
			return err
		}
		return f.Close()
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

func (d *Desk) open(m *app.Import, now lead.Time) (*File, error) {
	policy, err := d.App.Policy(d.ctx)
	if err != nil {
		return nil, err
	}
	o, err := options(m, now)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The mapping cannot be read: %s", fault.Text(err))
	}
	f, err := os.Open(d.path(m.Number))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "The file of this import is not kept any more. Bring it again.")
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	file, err := NewFile(f, info.Size(), o)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The file cannot be read like this: %s", fault.Text(err))
	}
	file.Knows(d.App.ScoreNames())
	file.Keep(policy.Addresses)
	return file, nil
}

// Preview is the beginning of a file as what it would become.
type Preview struct {
	// Columns are those of a table, nil of other files.
	Columns []string
	Rows    []bulk.Row
	// Problem says why there is none.
	Problem string
}

// Preview reads the first rows of an import's file.
func (d *Desk) Preview(m *app.Import, now lead.Time, rows int) (*Preview, error) {
	f, err := d.open(m, now)
	if fault.KindOf(err) == fault.Invalid {
		return &Preview{Problem: fault.Text(err)}, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p := &Preview{Columns: f.Columns()}
	for len(p.Rows) < rows {
		row, err := f.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			p.Problem = fault.Text(err)
			break
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

// Forget takes the file of an import away; what it brought stays.
func (d *Desk) Forget(ctx context.Context, number int64) error {
	_, err := d.App.ChangeImport(ctx, number, func(m *app.Import, now lead.Time) error {
		m.Held = false
		return d.free(m, now)
	})
	if err != nil {
		return err
	}
	return d.drop(number)
}

// Expire takes away the files of this process's folder that came before a moment and
// with which nothing is being done, and says how many.
func (d *Desk) Expire(ctx context.Context, before lead.Time) (int, error) {
	held, err := os.ReadDir(d.Folder)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	gone := 0
	for _, f := range held {
		name, of := strings.CutPrefix(f.Name(), filePrefix)
		number, bad := strconv.ParseInt(name, 10, 64)
		if !of || bad != nil {
			continue
		}
		m, err := d.App.Import(ctx, number)
		if err != nil {
			return gone, err
		}
		if m.Created >= before {
			continue
		}
		switch err := d.Forget(ctx, number); {
		case fault.KindOf(err) == fault.Conflict && err != nil:
			continue // it is being imported at last
		case err != nil:
			return gone, err
		}
		gone++
	}
	return gone, err
}

func (d *Desk) drop(number int64) error {
	err := os.Remove(d.path(number))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
