package words

import "galena/internal/lead"

// Moment writes when something came, in little room: the second of today, the
// minute of another day, the day of another year.
func (v *Voice) Moment(t lead.Time) string {
	at, now := t.UTC().In(v.Zone), v.Now.UTC().In(v.Zone)
	switch {
	case at.Year() != now.Year():
		return v.Date(t)
	case at.YearDay() != now.YearDay():
		return v.layout(t, "2 Jan 15:04", "2.1. 15:04")
	}
	return v.Clock(t)
}
