package server

import (
	"net"
	"os"
	"path/filepath"

	"galena/internal/fault"
)

// maxSocketPath is what every supported system allows for the path of a socket.
const maxSocketPath = 100

// socketPath is where the server of a data folder listens for commands.
func socketPath(dir string) string {
	path := filepath.Join(dir, socketFile)
	if place, err := os.Readlink(path); err == nil {
		return place
	}
	return path
}

// socket is the listener for commands; Close leaves nothing of it behind.
type socket struct {
	net.Listener
	path string // in the data folder
}

// listenSocket opens the socket for commands in a data folder. Where that path
// is too long for a socket, a link leads from there to a new folder among the
// temporary files, whose name nobody can foresee and prepare.
func listenSocket(dir string) (net.Listener, error) {
	path, err := filepath.Abs(filepath.Join(dir, socketFile))
	if err != nil {
		return nil, err
	}
	// The folder's lock is held: what is there is of a process that died.
	removeSocket(path)
	place := path
	if len(path) > maxSocketPath {
		private, err := os.MkdirTemp("", "galena-")
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "A folder for the command socket cannot be made in %s", os.TempDir())
		}
		place = filepath.Join(private, socketFile)
		if err := os.Symlink(place, path); err != nil {
			os.Remove(private)
			return nil, fault.Wrap(err, fault.Invalid, "The command socket cannot be linked to from %s", path)
		}
	}
	l, err := net.Listen("unix", place)
	if err != nil {
		removeSocket(path)
		return nil, fault.Wrap(err, fault.Invalid, "Cannot listen for commands on %s", place)
	}
	s := &socket{l, path}
	if err := os.Chmod(place, 0o600); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close implements net.Listener.
func (s *socket) Close() error {
	err := s.Listener.Close()
	removeSocket(s.path)
	return err
}

// removeSocket removes a socket, or a link and what it leads to. What cannot be
// removed is in the way of the next listener, which says so.
func removeSocket(path string) {
	if place, err := os.Readlink(path); err == nil {
		_ = os.Remove(place)
		_ = os.Remove(filepath.Dir(place))
	}
	_ = os.Remove(path)
}
