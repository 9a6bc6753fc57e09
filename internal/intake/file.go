package intake

import (
	"io"

	"galena/internal/bulk"
)

// File is a file that is being read into events. Closing it closes what it reads.
type File struct {
	*bulk.Reader
	io.Closer
	counted *counted
	// Size is in bytes; 0 of what has no end yet, such as a pipe.
	Size int64
}

// NewFile reads a file of a size, which it closes if it cannot be read into events.
func NewFile(file io.ReadCloser, size int64, o bulk.Options) (*File, error) {
	c := &counted{Reader: file}
	r, err := bulk.NewReader(c, o)
	if err != nil {
		file.Close()
		return nil, err
	}
	return &File{r, file, c, size}, nil
}

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
