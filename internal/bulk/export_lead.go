package bulk

import (
	"galena/internal/app"
	"galena/internal/lead"
)

// LeadOf is a lead as it is exported; scores are the names of its scores, in order.
func LeadOf(scores []string, l *app.Lead) *Lead {
	x := &Lead{
		ID: l.ID.String(), Kind: l.Kind, Emails: l.Emails, UserIDs: l.UserIDs, Stage: l.Stage, StageSince: l.StageSince,
		Scores: make(map[string]lead.Points, len(l.Scores)), Grade: l.Grade, Account: l.Account, Excluded: l.Excluded,
		FirstSeen: l.FirstSeen, LastSeen: l.LastSeen, Attributes: l.Attributes,
	}
	if x.Emails == nil { // an empty list in JSON, too
		x.Emails = []string{}
	}
	if x.UserIDs == nil {
		x.UserIDs = []string{}
	}
	for i, p := range l.Scores {
		x.Scores[scores[i]] = p
	}
	return x
}
