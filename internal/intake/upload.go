package intake

import (
	"context"
	"io"

	"galena/internal/app"
	"galena/internal/fault"
)

// upload reads a file that is kept in the workspace.
type upload struct {
	ctx  context.Context
	from *app.App
	id   string
	next int    // part
	rest []byte // of the part before
	left int64  // of the file, behind rest
}

// read reads the file of an import for as long as ctx lasts.
func (d *Desk) read(ctx context.Context, m *app.Import) *upload {
	return &upload{ctx: ctx, from: d.App, id: m.Upload, left: m.Size}
}

// fill reads the next part.
func (u *upload) fill() error {
	part, err := u.from.UploadPart(u.ctx, u.id, u.next)
	if err != nil {
		return err
	}
	if u.left -= int64(len(part)); u.left < 0 || u.left > 0 && len(part) < app.UploadPart {
		return fault.New(fault.Internal, "The file of this import is not kept as it came. Bring it again.")
	}
	u.next, u.rest = u.next+1, part
	return nil
}

func (u *upload) Read(into []byte) (int, error) {
	if len(u.rest) == 0 {
		if u.left == 0 {
			return 0, io.EOF
		}
		if err := u.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(into, u.rest)
	u.rest = u.rest[n:]
	return n, nil
}

// Close has nothing to do: nothing is held between two parts.
func (u *upload) Close() error { return nil }
