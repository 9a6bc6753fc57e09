package intake

import (
	"io"

	"galena/internal/bulk"
	"galena/internal/lead"
	"galena/internal/privacy"
)

// File is a file that is being read into events. Closing it closes what it reads.
type File struct {
	*bulk.Reader
	io.Closer
	counted *counted
	// Size is in bytes; 0 of what has no end yet, such as a pipe.
	Size      int64
	addresses privacy.Addresses
	numbers   numbers
}

// NewFile reads a file of a size, which it closes if it cannot be read into events.
// Messages in it are decoded as the File keeps addresses.
func NewFile(file io.ReadCloser, size int64, o bulk.Options) (*File, error) {
	f := &File{Closer: file, counted: &counted{Reader: file}, Size: size, addresses: privacy.Cut}
	o.Decode = func(line []byte) (lead.Event, *lead.Reject) { return Decode(line, f.addresses) }
	var err error
	if f.Reader, err = bulk.NewReader(f.counted, o); err != nil {
		file.Close()
		return nil, err
	}
	return f, nil
}

// Keep says, before the first row is read, what is kept of addresses in messages;
// nobody having said it, they are cut.
func (f *File) Keep(a privacy.Addresses) { f.addresses = a }

// Reached is how many bytes of the file were read.
func (f *File) Reached() int64 { return f.counted.n }

// counted counts what is read.
type counted struct {
	io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}
