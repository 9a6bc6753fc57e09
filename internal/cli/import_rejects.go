package cli

import (
	"errors"
	"os"

	"galena/internal/bulk"
	"galena/internal/fault"
)

// rejectsFile keeps the rows that were refused, with the reasons. A nil one
// keeps nothing.
type rejectsFile struct {
	f *os.File
	w *bulk.RefusedWriter
}

// createRejects makes the file, which must not be the one that is read.
func createRejects(name, source string) (*rejectsFile, error) {
	if name == "" {
		return nil, nil
	}
	there, err := os.Stat(name)
	if read, err2 := os.Stat(source); err == nil && err2 == nil && os.SameFile(there, read) {
		return nil, fault.New(fault.Invalid, "--rejects names the file that is imported, %s. Choose another.", source)
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Cannot write the rejects to %s", name)
	}
	return &rejectsFile{f, bulk.NewRefusedWriter(f)}, nil
}

func (r *rejectsFile) write(row *bulk.Row) error {
	if r == nil {
		return nil
	}
	return r.w.Row(row)
}

func (r *rejectsFile) close() error {
	if r == nil {
		return nil
	}
	return errors.Join(r.w.Flush(), r.f.Close())
}
