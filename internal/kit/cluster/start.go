//go:build unix

package cluster

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	superuser = "postgres"
	// patience is how long a new cluster may take to answer.
	patience = 60 * time.Second
)

// settings are for tests: a cluster that goes with its process need not survive
// a loss of power, and a deadlock should not take a second to be noticed.
const settings = `
listen_addresses = ''
fsync = off
full_page_writes = off
max_connections = 200
shared_buffers = 64MB
deadlock_timeout = 100ms
lc_messages = 'C'
`

// keeper runs the server ($1 its programs, $2 its folder) for as long as its
// standard input is open, which is as long as the tests' process lives, and
// leaves nothing behind, also of one that was started again meanwhile.
const keeper = `
"$1/postgres" -D "$2/data" -k "$2" </dev/null &
cat >/dev/null
"$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null 2>&1
wait
rm -rf "$2"
`

func start() (*cluster, error) {
	programs, err := find()
	if err != nil {
		return nil, err
	}
	account, err := serverAccount()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "galena-postgres-")
	if err != nil {
		return nil, err
	}
	c := &cluster{programs: programs, folder: folder, account: account}
	if err := c.create(); err != nil {
		os.RemoveAll(folder)
		return nil, err
	}
	return c, c.serve()
}

// serverAccount is the account for the server's processes, nil for our own: the
// server refuses to run as root.
func serverAccount() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(account.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(account.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), NoSetGroups: true}, nil
	}
	return nil, fmt.Errorf("PostgreSQL refuses to run as root, and there is no user postgres or nobody")
}

// as makes a command that runs under the server's account, in a group of processes of its
// own, so that an interrupt at the terminal leaves it to the keeper.
func (c *cluster) as(program string, args ...string) *exec.Cmd {
	command := exec.Command(program, args...)
	command.Dir = c.folder
	command.SysProcAttr = &syscall.SysProcAttr{Credential: c.account, Setpgid: true}
	return command
}

// create makes the files of the cluster.
func (c *cluster) create() error {
	if account := c.account; account != nil {
		if err := os.Chown(c.folder, int(account.Uid), int(account.Gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(c.folder, "data")
	initdb := c.as(filepath.Join(c.programs, "initdb"), "-D", data, "-U", superuser,
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	config, err := os.OpenFile(filepath.Join(data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = config.WriteString(settings)
	if closed := config.Close(); err == nil {
		err = closed
	}
	return err
}

// serve starts the server and returns when it answers.
func (c *cluster) serve() error {
	command := c.as("/bin/sh", "-c", keeper, "keeper", c.programs, c.folder)
	held, leash, err := os.Pipe()
	if err != nil {
		return err
	}
	defer held.Close()
	c.leash = leash
	command.Stdin = held
	log, err := command.StderrPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	ready := make(chan error, 1)
	go func() { ready <- awaitReady(log) }()
	select {
	case err = <-ready:
	case <-time.After(patience):
		err = fmt.Errorf("it is not ready after %s", patience)
	}
	if err == nil {
		err = c.run("CREATE ROLE " + role + " LOGIN")
	}
	if err != nil {
		leash.Close()
	}
	return err
}

// awaitReady reads the server's log until it says that it is ready; the rest is
// read and dropped, so that the server never waits for a reader.
func awaitReady(log io.Reader) error {
	var said bytes.Buffer
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "ready to accept connections") {
			go io.Copy(io.Discard, log)
			return nil
		}
		said.WriteString(lines.Text() + "\n")
	}
	return fmt.Errorf("the server ended: %s", said.String())
}
