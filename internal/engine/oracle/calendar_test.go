package oracle

import (
	"fmt"
	"testing"
	"time"

	"galena/internal/lead"
)

// zones have between them every way in which clocks are known to change: by an
// hour, half of one and two; at midnight, so that a day has none or two of them;
// by a whole day; and for a month of the moon.
var zones = []string{
	"UTC", "Europe/Berlin", "Europe/London", "America/New_York", "America/Sao_Paulo", "America/Havana",
	"America/Santiago", "America/Asuncion", "America/St_Johns", "America/Scoresbysund", "Atlantic/Azores",
	"Africa/Cairo", "Africa/Casablanca", "Asia/Beirut", "Asia/Amman", "Asia/Gaza", "Asia/Tehran", "Asia/Kathmandu",
	"Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia", "Pacific/Kwajalein", "Antarctica/Troll",
}

// TestCalendars puts visits around every change of the clocks of fifteen years,
// and around the turn of some weeks and months, under limits by each period.
func TestCalendars(t *testing.T) {
	t.Parallel()
	for _, name := range zones {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := compile(t, fmt.Sprintf(calendarPlaybook, name))
			for _, turn := range turns(plan.Zone) {
				events := visits(turn)
				at := events[len(events)-1].Received
				want, got := byOracle(t, plan, events, at), byEngine(t, plan, events, at)
				if want.String() != got.String() {
					t.Fatalf("around %s:\n%s", turn, difference(want.String(), got.String()))
				}
			}
		})
	}
}

const calendarPlaybook = `
galena: 1
name: calendar
time_zone: %s
signals:
  visit: {type: page}
scores:
  interest:
    rules:
      - {name: daily, on: visit, points: 1, limit: 2 per day}
      - {name: weekly, on: visit, points: 1, limit: 3 per week}
      - {name: monthly, on: visit, points: 1, limit: 5 per month}
stages:
  - {name: Lead, role: identified, when: known(email)}
`

// turns are the moments at which a zone's clocks change, and some at which weeks
// and months do.
func turns(zone *time.Location) []time.Time {
	var found []time.Time
	end := time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	for t := time.Date(2011, 6, 1, 0, 0, 0, 0, zone); t.Before(end); {
		_, next := t.ZoneBounds()
		if next.IsZero() {
			break
		}
		found = append(found, next)
		t = next
	}
	return append(found,
		time.Date(2026, 1, 1, 0, 0, 0, 0, zone), time.Date(2024, 3, 1, 0, 0, 0, 0, zone),
		time.Date(2026, 1, 5, 0, 0, 0, 0, zone), time.Date(2026, 6, 1, 0, 0, 0, 0, zone),
	)
}

// visits are every half hour, and a millisecond before each, from a day and a
// half before a moment to a day and a half after it: the night around the turn
// is dense, the rest thin.
func visits(turn time.Time) []lead.Event {
	var events []lead.Event
	visit := func(offset time.Duration) {
		at := lead.TimeOf(turn.Add(offset))
		n := int64(len(events) + 1)
		events = append(events, lead.Event{
			Seq: n, MessageID: fmt.Sprintf("m%d", n), Type: lead.Page, Occurred: at, Received: at,
		})
	}
	for offset := -36 * time.Hour; offset <= 36*time.Hour; offset += 30 * time.Minute {
		if offset.Abs() > 3*time.Hour && offset%(6*time.Hour) != 0 {
			continue
		}
		visit(offset - time.Millisecond)
		visit(offset)
	}
	return events
}
