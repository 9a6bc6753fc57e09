package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"galena/internal/fault"
)

// writeWhole makes a file that has its name only when all of it is on disk: until
// then, and when fn fails, whatever had the name keeps it. What is no plain file,
// such as a pipe, is written to as it is.
func writeWhole(name string, fn func(io.Writer) error) (err error) {
	there, err := os.Stat(name)
	switch {
	case err == nil && !there.Mode().IsRegular():
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "Cannot write to %s", name)
		}
		return errors.Join(fn(f), f.Close())
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fault.Wrap(err, fault.Invalid, "Cannot write to %s", name)
	case err == nil:
		// A link keeps pointing where it does.
		if target, err := filepath.EvalSymlinks(name); err == nil {
			name = target
		}
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "Cannot write to %s", name)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(fn(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
