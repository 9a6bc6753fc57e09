package sqlite

import (
	"os"
	"syscall"
	"time"
)

const (
	// flushParts is into how many parts a file is taken apart: of the pages of the log
	// (see settleAt) each has a few hundred. None is smaller than minFlush.
	flushParts = 64
	minFlush   = 4 << 20
	// maxFlushRest bounds the rest after a part whose writing took long.
	maxFlushRest = 100 * time.Millisecond

	// See sync_file_range(2): wait until what is under way is written, write the rest,
	// wait for that.
	flushRange = 1 | 2 | 4
)

// flush has the disk take up what a file was written, part by part, and rests as long
// after each as it took. A sync of all at once keeps the disk from the commits for
// hundreds of milliseconds. It promises nothing: a sync has to follow, and then finds
// little to do.
func flush(file *os.File, closed <-chan struct{}) {
	info, err := file.Stat()
	if err != nil {
		return // the sync will tell
	}
	part := max(info.Size()/flushParts+1, minFlush)
	rest := time.NewTimer(0)
	defer rest.Stop()
	for from := int64(0); from < info.Size(); from += part {
		select {
		case <-rest.C:
		case <-closed:
			return
		}
		begun := time.Now()
		if syscall.SyncFileRange(int(file.Fd()), from, part, flushRange) != nil {
			return // not every file system can
		}
		rest.Reset(min(time.Since(begun), maxFlushRest))
	}
}
