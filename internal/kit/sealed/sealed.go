// Package sealed keeps several files in one, so that a single flipped bit shows:
// an ordinary tar archive, followed by a line with the SHA-256 of all before it
// in hexadecimal, which tar programs pass over.
//
// The seal is against accidents, not against people: whoever can write the file
// can seal it anew. What the files mean is not known here.
package sealed

import (
	"archive/tar"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
)

var (
	// ErrNoSeal says that a file is not sealed, or was cut short.
	ErrNoSeal = errors.New("there is no seal at its end")
	// ErrBroken says that a file is not what was sealed.
	ErrBroken = errors.New("its content is not what was sealed")
	// ErrForeign says that a file was sealed, but holds what Create never writes.
	ErrForeign = errors.New("it holds something that is no plain file")
)

// sealLength is a digest in hexadecimal and the end of the line.
const sealLength = 2*sha256.Size + 1

// buffer is how much is read and written at once.
const buffer = 1 << 20

// Entry is a file to be put into a sealed one.
type Entry struct {
	Name    string
	Size    int64
	Content io.Reader
}

// Create makes a sealed file at path, which only this user may read. It is
// written in the folder work, which is on the same file system and the caller's
// to remove, and appears at path at once and whole, synced to the disk, and never
// in the place of another: then the error is os.ErrExist.
func Create(work, path string, entries ...Entry) error {
	f, err := os.CreateTemp(work, "sealing-*")
	if err != nil {
		return err
	}
	digest := sha256.New()
	out := bufio.NewWriterSize(f, buffer)
	err = write(io.MultiWriter(out, digest), entries)
	if err == nil {
		_, err = out.WriteString(seal(digest))
	}
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := place(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func write(w io.Writer, entries []Entry) error {
	archive := tar.NewWriter(w)
	for _, e := range entries {
		if err := archive.WriteHeader(&tar.Header{Name: e.Name, Mode: 0o600, Size: e.Size, Format: tar.FormatPAX}); err != nil {
			return err
		}
		if _, err := io.CopyBuffer(archive, e.Content, make([]byte, buffer)); err != nil {
			return err
		}
	}
	return archive.Close()
}

func seal(digest hash.Hash) string { return hex.EncodeToString(digest.Sum(nil)) + "\n" }

// place gives a file its name, unless the name is taken.
func place(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, os.ErrExist) {
		return err
	}
	// Some file systems know no second name for a file.
	if _, err := os.Lstat(to); err == nil {
		return &os.PathError{Op: "create", Path: to, Err: os.ErrExist}
	}
	return os.Rename(from, to)
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// File is a sealed file whose seal is whole.
type File struct {
	f    *os.File
	size int64 // of the archive
}

// Open reads a sealed file through and compares it with its seal.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	size, err := check(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return &File{f, size}, nil
}

func check(f *os.File) (size int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if size = info.Size() - sealLength; size < 0 || !info.Mode().IsRegular() {
		return 0, ErrNoSeal
	}
	found := make([]byte, sealLength)
	if _, err := f.ReadAt(found, size); err != nil {
		return 0, err
	}
	if _, err := hex.Decode(make([]byte, sha256.Size), found[:sealLength-1]); err != nil || found[sealLength-1] != '\n' {
		return 0, ErrNoSeal
	}
	digest := sha256.New()
	if _, err := io.CopyBuffer(digest, io.NewSectionReader(f, 0, size), make([]byte, buffer)); err != nil {
		return 0, err
	}
	if seal(digest) != string(found) {
		return 0, ErrBroken
	}
	return size, nil
}

// Each calls fn with every file inside, in their order, from the first on each
// call. A name is whatever somebody wrote, and must not be used as a path before
// it was compared with what is expected.
func (s *File) Each(fn func(name string, size int64, content io.Reader) error) error {
	archive := tar.NewReader(bufio.NewReaderSize(io.NewSectionReader(s.f, 0, s.size), buffer))
	for {
		h, err := archive.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrForeign, err)
		}
		if h.Typeflag != tar.TypeReg {
			return fmt.Errorf("%w: %q", ErrForeign, h.Name)
		}
		if h.Size > s.size { // a file of holes, which would fill any disk
			return fmt.Errorf("%w: %q is larger than the archive that it is in", ErrForeign, h.Name)
		}
		if err := fn(h.Name, h.Size, archive); err != nil {
			return err
		}
	}
}

// Close closes the file.
func (s *File) Close() error { return s.f.Close() }
