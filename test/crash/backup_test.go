package crash

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

const (
	defaultBackups = 4
	backupKills    = 8
	// A backup is killed so long after it begins, at most.
	latestBackupKill = 200 * time.Millisecond
)

// sender sends batches one after the other until it is told to stop.
type sender struct {
	*client
	stop  chan struct{}
	ended chan error
	// acknowledged is how many messages are, from the first on.
	acknowledged atomic.Int64
}

func (s *sender) run(url string) {
	web := &http.Client{Transport: &http.Transport{}, Timeout: patience}
	defer web.CloseIdleConnections()
	for {
		select {
		case <-s.stop:
			s.ended <- nil
			return
		default:
		}
		first := len(s.fates)
		end := first + 1 + s.random.IntN(maxBatch)
		s.pending = [2]int{first, end}
		s.fates = append(s.fates, make([]fate, end-first)...)
		if done, err := s.settle(web, url); err != nil || !done {
			s.ended <- fmt.Errorf("client %d: taken %t, %v", s.number, done, err)
			return
		}
		s.acknowledged.Store(int64(end))
	}
}

// underLoad calls fn while clients send to a server on a new folder.
func underLoad(t *testing.T, fn func(data string, senders []*sender)) {
	t.Helper()
	data := newFolder(t)
	key := newKey(t, data)
	s := serve(t, data)
	senders := make([]*sender, clientCount)
	for i := range senders {
		senders[i] = &sender{client: newClient(uint64(time.Now().UnixNano()), i, key), stop: make(chan struct{}), ended: make(chan error, 1)}
		go senders[i].run(s.url)
	}
	fn(data, senders)
	for _, c := range senders {
		close(c.stop)
		if err := <-c.ended; err != nil {
			t.Error(err)
		}
	}
	s.stop(t)
	expectWhole(t, data)
}

// TestBackupsUnderLoad: a backup holds the log up to a moment, and everything
// that was acknowledged before it began.
//
// GALENA_BACKUPS is how many are made.
func TestBackupsUnderLoad(t *testing.T) {
	t.Parallel()
	type made struct {
		file         string
		acknowledged []int64
	}
	var backups []made
	var source string
	folder := t.TempDir()
	underLoad(t, func(data string, senders []*sender) {
		source = data
		for i := range number(t, "GALENA_BACKUPS", defaultBackups) {
			b := made{file: filepath.Join(folder, fmt.Sprintf("%d.backup", i))}
			for _, s := range senders {
				b.acknowledged = append(b.acknowledged, s.acknowledged.Load())
			}
			mustGalena(t, "backup", "--data", data, b.file)
			backups = append(backups, b)
		}
	})
	all := readLog(t, source)
	last := -1
	for _, b := range backups {
		restored := newFolder(t)
		mustGalena(t, "restore", "--data", restored, b.file)
		expectWhole(t, restored)
		held := readLog(t, restored)
		there := map[string]bool{}
		for i, e := range held {
			there[e.MessageID] = true
			if i >= len(all) || all[i].MessageID != e.MessageID {
				t.Fatalf("%s: event %d is %s, and is not in that place of the log", b.file, i, e.MessageID)
			}
		}
		for client, n := range b.acknowledged {
			for k := range n {
				if id := fmt.Sprintf("m-%d-%d", client, k); !there[id] {
					t.Fatalf("%s lacks %s, which was acknowledged before", b.file, id)
				}
			}
		}
		if len(held) <= last {
			t.Errorf("%s holds %d events, the one before it %d: there was no load", b.file, len(held), last)
		}
		last = len(held)
	}
}

// TestKilledBackups: what a backup that was killed leaves is no backup, and is in
// nobody's way.
func TestKilledBackups(t *testing.T) {
	t.Parallel()
	finished := 0
	underLoad(t, func(data string, _ []*sender) {
		for range backupKills {
			folder := t.TempDir()
			file := filepath.Join(folder, "x.backup")
			backup := exec.Command(program, "backup", "--data", data, file)
			if err := backup.Start(); err != nil {
				t.Fatal(err)
			}
			// The moment of the kill is chance, not a wait for something.
			time.Sleep(rand.N(latestBackupKill))
			// It may have ended already.
			_ = backup.Process.Kill()
			_ = backup.Wait()
			if _, err := os.Stat(file); err == nil {
				// It was whole before the kill, then, and only then, it is there.
				finished++
				restored := newFolder(t)
				mustGalena(t, "restore", "--data", restored, file)
				expectWhole(t, restored)
				continue
			}
			if _, _, exit := galena(t, "restore", "--data", newFolder(t), file); exit != 1 {
				t.Errorf("what is not there was restored: %d", exit)
			}
			mustGalena(t, "backup", "--data", data, file)
		}
	})
	if finished == backupKills {
		t.Error("No kill came in time.")
	}
}

// TestKilledRestores: a restore that was killed can be started again.
func TestKilledRestores(t *testing.T) {
	t.Parallel()
	data := newFolder(t)
	newKey(t, data)
	file := filepath.Join(t.TempDir(), "x.backup")
	mustGalena(t, "backup", "--data", data, file)
	for range backupKills {
		restored := newFolder(t)
		restore := exec.Command(program, "restore", "--data", restored, file)
		if err := restore.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(rand.N(latestBackupKill))
		_ = restore.Process.Kill()
		_ = restore.Wait()
		if _, err := os.Stat(filepath.Join(restored, "galena.db")); err != nil {
			mustGalena(t, "restore", "--data", restored, file)
		}
		mustGalena(t, "doctor", "--data", restored)
	}
}
