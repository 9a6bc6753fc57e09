package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"galena/internal/fault"
	"galena/internal/kit/sealed"
	"galena/internal/lead"
	"galena/internal/store/sqlite"
)

const (
	backupFormat = "galena-backup/1"
	manifestFile = "manifest.json"
	// maxManifest bounds what is read of a manifest.
	maxManifest = 64 << 10
	// backupWork begins the name of the folder in which a backup is made.
	backupWork = ".galena-backup-"
)

// Manifest says what a backup holds. It is the first file of the archive.
type Manifest struct {
	Format  string    `json:"format"`
	Made    lead.Time `json:"made"`
	Program string    `json:"program"` // version of the program that made it
	Schema  int       `json:"schema"`
	Events  int64     `json:"events"`
	Leads   int64     `json:"leads"`
	Size    int64     `json:"size"`   // bytes of the database
	SHA256  string    `json:"sha256"` // of the database
}

// Backup writes the workspace of a data folder, as it is at one moment, to a new
// file, beside the server that may run on it. Every event that was acknowledged
// before Backup began is in it, and of the later ones those before a moment. The
// file appears whole, or not at all.
func Backup(ctx context.Context, dir, file, program string) (m *Manifest, err error) {
	if err := requireFolder(dir); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(file); err == nil {
		return nil, taken(file)
	}
	work, err := os.MkdirTemp(filepath.Dir(file), backupWork+"*")
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Cannot write to the folder of %s", file)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	path := filepath.Join(work, databaseFile)
	if err := readStore(ctx, dir, func(s *sqlite.Store) error { return s.CopyTo(ctx, path) }); err != nil {
		return nil, err
	}
	m = &Manifest{Format: backupFormat, Made: clock(), Program: program}
	if err := m.describe(ctx, path); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = pack(work, file, path, m)
	if errors.Is(err, fs.ErrExist) {
		return nil, taken(file)
	}
	return m, fault.Wrap(err, fault.Busy, "The backup %s cannot be written", file)
}

// pack makes the backup file of the copy of a database at path.
func pack(work, file, path string, m *Manifest) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	database, err := os.Open(path)
	if err != nil {
		return err
	}
	defer database.Close()
	return sealed.Create(work, file,
		sealed.Entry{Name: manifestFile, Size: int64(len(text)), Content: bytes.NewReader(text)},
		sealed.Entry{Name: databaseFile, Size: m.Size, Content: database})
}

func taken(file string) error {
	return fault.New(fault.Conflict, "%s is there already, and a backup overwrites nothing. Choose another name.", file)
}

// describe tells of the copy of a database what a manifest says of it.
func (m *Manifest) describe(ctx context.Context, path string) (err error) {
	if m.Schema, err = sqlite.Schema(); err != nil {
		return err
	}
	if err := openCopy(ctx, path, true, func(s *sqlite.Store) error {
		counts, err := countsOf(ctx, s)
		m.Events, m.Leads = counts.Events, counts.Leads
		return err
	}); err != nil {
		return err
	}
	m.Size, m.SHA256, err = digest(path)
	return err
}

func digest(path string) (size int64, sum string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, "", err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return size, hex.EncodeToString(h.Sum(nil)), err
}
