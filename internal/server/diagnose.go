package server

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/kit/flock"
	"galena/internal/phrase"
	"galena/internal/pipeline"
)

// Finding is one thing that Diagnose looked at.
type Finding struct {
	OK   bool   `json:"ok"`
	What string `json:"what"`
	Text string `json:"text"`
	// Said is Text, for other languages; What is a phrase without places.
	Said phrase.Phrase `json:"-"`
}

// say adds what was found.
type say func(ok bool, what, format string, args ...any)

// Diagnose looks at a data folder and the database in it, or at the workspace in
// a database of its own. It changes nothing.
func Diagnose(ctx context.Context, place string) []Finding {
	var found []Finding
	say := func(ok bool, what, format string, args ...any) {
		said := phrase.New(format, args...)
		found = append(found, Finding{ok, what, said.String(), said})
	}
	if IsDatabase(place) || diagnoseFolder(place, say) {
		diagnoseWorkspace(ctx, place, say)
	}
	return found
}

// diagnoseFolder looks at a data folder, and says whether there is one.
func diagnoseFolder(dir string, say say) bool {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		say(false, "folder", "cannot be read: %s", err)
		return false
	case !info.IsDir():
		say(false, "folder", "%s is not a folder", dir)
		return false
	case info.Mode().Perm()&0o077 != 0:
		say(false, "folder", "others on this machine may look into it (mode %o). It holds people's data: chmod 700 %s", info.Mode().Perm(), dir)
	default:
		say(true, "folder", "%s", dir)
	}
	if running, err := flock.Held(filepath.Join(dir, lockFile)); err != nil {
		say(false, "lock", "%s", err)
	} else if running {
		say(true, "lock", "held: a galena runs on this folder")
	} else {
		say(true, "lock", "free: no galena runs on this folder")
	}
	return true
}

// diagnoseWorkspace looks at what the database holds.
func diagnoseWorkspace(ctx context.Context, place string, say say) {
	err := readWorkspace(ctx, place, func(s workspace) error {
		lines, err := s.Check(ctx)
		for _, line := range lines {
			what := "database"
			if warning, ok := strings.CutPrefix(line.English, "warning: "); ok {
				what, line.English = "warning", warning
			}
			say(err == nil, what, "%s", line)
		}
		if err != nil {
			return err
		}
		r, err := app.NewReader(ctx, s)
		if err != nil {
			return err
		}
		swept, err := r.Swept(ctx)
		if err != nil {
			return err
		}
		if swept.Over {
			say(true, "playbook", "version %d, %s", r.Plan().Version, r.Plan().Name)
		} else {
			say(true, "playbook", "version %d, %s (%d of %d leads brought over; a server does the rest)", r.Plan().Version, r.Plan().Name, swept.Done, swept.Leads)
		}
		pass, err := r.Retention(ctx)
		if err != nil {
			return err
		}
		sayRetention(&pass, say)
		c, err := r.Counts(ctx)
		if err == nil {
			say(true, "contents", "%d events, %d leads, contacts and visitors, %d decisions, %d rejects", c.Events, c.Leads, c.Decisions, c.Rejects)
			say(true, "identity", "events that claimed what somebody else is known by: %d; nobody was joined by them", c.Named[pipeline.CountConflicts])
		}
		return err
	})
	if err != nil {
		say(false, "database", "%s", fault.Said(err))
	}
}

// sayRetention tells when what is too old was taken away last.
func sayRetention(p *pipeline.Pass, say say) {
	switch {
	case p.Ended != 0:
		say(true, "retention", "the last pass ended at %s: %d visitors, %d leads, %d rejects", p.Ended, p.Visitors, p.Leads, p.Rejects)
	case p.Day != 0:
		say(true, "retention", "a pass is under way since %s: %d visitors, %d leads, %d rejects so far", p.Started, p.Visitors, p.Leads, p.Rejects)
	case p.From != 0:
		say(true, "retention", "the first pass begins at %s", p.From)
	default:
		say(true, "retention", "no server has run here yet")
	}
}
