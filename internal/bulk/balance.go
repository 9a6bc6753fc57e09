package bulk

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/spelling"
)

// Balance brings along what another system's scores said of a row's person.
type Balance struct {
	// Scores are columns of points by the names of scores and totals.
	Scores []Field
	// AsOf is the day on which they stood so; nil: as the row.
	AsOf *Moment
}

// scores reads the points of a row by score, none where its columns are blank.
func (b *builder) scores(r *record) (map[string]any, *problem) {
	if b.Balance == nil {
		return nil, nil
	}
	scores, bad := b.values(r, b.Balance.Scores)
	if bad != nil {
		return nil, bad
	}
	for i := range b.Balance.Scores {
		f := &b.Balance.Scores[i]
		v, given := scores[f.Name]
		if !given {
			continue
		}
		if b.playbookScores != nil && !slices.Contains(b.playbookScores, f.Name) {
			return nil, b.unknownScore(f)
		}
		text := string(v.(jsontext.Value)) // as every number
		const most = float64(lead.MaxPoints / 1000)
		if points, err := strconv.ParseFloat(text, 64); err != nil || points < -most || points > most {
			return nil, unreadable(f.Column, text, phrase.New("a number of points between %.0f and %.0f; mend it, or name the text under `missing`", -most, most))
		}
	}
	return scores, nil
}

func (b *builder) unknownScore(f *Field) *problem {
	way := phrase.New("it has %s", list(b.playbookScores))
	if len(b.playbookScores) == 0 {
		way = phrase.New("it has none")
	} else if near := spelling.Nearest(f.Name, b.playbookScores); near != "" {
		way = phrase.New("did you mean %s?", quote(near))
	}
	return refusal("unknown_score", "%s: the playbook in force has no score or total %q; %s", f.Column, f.Name, way)
}

// balance makes the act that opens a row's balances, nil if it brings none.
func (b *builder) balance(r *record, who person, occurred lead.Time, context map[string]any) (*lead.Event, *problem) {
	scores, bad := b.scores(r)
	if bad != nil || len(scores) == 0 {
		return nil, bad
	}
	at, bad := b.occurred(r, b.Balance.AsOf, occurred)
	if bad != nil {
		return nil, bad
	}
	e := b.event(who, lead.Act, lead.ActBalance, at)
	e.Company = "" // an act says nothing about the person
	e.MessageID = who.messageID + b.balanceSuffix
	properties := map[string]any{"scores": scores, lead.ActReason: "import " + b.Source}
	if bad := fill(&e, map[string]any{"context": context, "properties": properties}); bad != nil {
		return nil, bad
	}
	return &e, nil
}

// balances counts the balances among the message ids of a row: 1 or 0.
func (b *builder) balances(ids []string) int {
	if b.Balance != nil && len(ids) > 1 && strings.HasSuffix(ids[1], b.balanceSuffix) {
		return 1
	}
	return 0
}

// suffix tells a row's balance from its events, and from that of a mapping that
// reads other scores or other columns: what was mended there is brought again.
func (m *Balance) suffix() string {
	var parts []string
	for _, f := range m.Scores {
		part := quote(f.Name) + " " + quote(f.Column) + " " + quote(f.Strip)
		if f.Numbers != "" {
			part += " " + quote(string(f.Numbers))
		}
		parts = append(parts, part)
	}
	slices.Sort(parts)
	if m.AsOf != nil {
		parts = append(parts, "as of "+quote(m.AsOf.Column)+" "+quote(m.AsOf.Layout)+" "+quote(m.AsOf.Zone))
	}
	sum := sha256.Sum256([]byte("balance " + strings.Join(parts, " ")))
	return "_" + hex.EncodeToString(sum[:4]) + "_balance"
}
