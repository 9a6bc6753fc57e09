package playbook

import (
	"strconv"

	"go.yaml.in/yaml/v4"

	"galena/internal/phrase"
)

// decay reads a decay; the inherited one where there is none.
func (o object) decay(inherited Decay) Decay {
	n := o.values["decay"]
	if n == nil {
		return inherited
	}
	n = follow(n)
	if n.Kind == yaml.ScalarNode && n.Value == "none" {
		return Decay{}
	}
	if n.Kind != yaml.MappingNode {
		o.mismatch(n, o.pathOf("decay"), phrase.New("this is not a decay"), phrase.New("one of %s", `{half_life: 30d}, {linear: 10, every: 7d}, {percent: 25, every: 30d}, {expires: 90d}, "none"`))
		return Decay{}
	}
	d, ok := o.object(n, o.pathOf("decay"), &decayShape)
	if !ok {
		return Decay{}
	}
	return d.manner()
}

// balance reads how an opening balance fades.
func (o object) balance() Decay {
	n := o.values["balance"]
	if n == nil {
		return Decay{}
	}
	b, ok := o.object(n, o.pathOf("balance"), &balanceShape)
	if !ok {
		return Decay{}
	}
	return b.decay(Decay{})
}

// manner reads the one manner of fading that a decay has; none (and reported) if
// it has another number of them.
func (o object) manner() Decay {
	var d Decay
	given := ""
	for _, m := range []struct {
		field string
		kind  DecayKind
	}{{"half_life", Halving}, {"linear", Linear}, {"percent", Shrinking}, {"expires", Expiring}} {
		switch {
		case !o.has(m.field):
		case given == "":
			given, d.Kind = m.field, m.kind
		default:
			o.report(o.at(m.field), o.pathOf(m.field), `points fade in one manner; these have %q already`, given)
		}
	}
	stepped := d.Kind == Linear || d.Kind == Shrinking
	switch {
	case d.Kind == Lasting:
		if o.lacks("half_life", "linear", "percent", "expires") {
			o.report(placeOf(o.node), o.path, `nothing says how points fade: it needs "half_life", "linear", "percent" or "expires"`)
		}
		return Decay{}
	case stepped && o.lacks("every"):
		o.report(o.at(given), o.path, `%q needs "every": after how long points lose so much, each time`, given)
	case !stepped && o.has("every"):
		o.report(o.at("every"), o.pathOf("every"), `"every" goes with "linear" and "percent" only`)
	}
	switch d.Kind {
	case Linear:
		d.Every = o.duration("every", minSpan)
		var ok bool
		if d.Loss, ok = o.pointsOf(o.values["linear"], o.pathOf("linear"), phrase.Verbatim(`"linear"`)); ok && d.Loss <= 0 {
			o.report(o.at("linear"), o.pathOf("linear"), `"linear" is how many points are lost each time, towards 0: it must be more than 0`)
		}
	case Shrinking:
		d.Every = o.duration("every", minSpan)
		d.Percent = o.percent("percent")
	default:
		d.Every = o.duration(given, minSpan)
	}
	if d.Every == 0 || d.Kind == Linear && d.Loss <= 0 || d.Kind == Shrinking && d.Percent == 0 {
		return Decay{} // reported
	}
	return d
}

// percent reads a share that leaves something; 0 (and reported) if it is none.
func (o object) percent(field string) int64 {
	s, ok := o.number(o.values[field], o.pathOf(field), inQuotes(field))
	if !ok {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || n > 99 || leadingZero(s) {
		o.add(Problem{Line: o.at(field).Line, Column: o.at(field).Column, Path: o.pathOf(field),
			Message: phrase.New("%q is not a share of what is left", field), Found: phrase.Verbatim(quote(s)),
			Expected: phrase.New(`a whole number from 1 to 99; points that end at once have {expires: 30d}`)})
		return 0
	}
	return n
}

// checkPeriods reports a rule whose points take too many steps to fade.
func (o object) checkPeriods(rl *RuleDecl) {
	points := max(rl.Points.Abs(), rl.Least.Abs(), rl.Most.Abs())
	reckoned := rl.Compute.Text != "" && rl.Decay.Kind == Shrinking
	if rl.Decay.Kind != Linear && !reckoned {
		return
	}
	if n := rl.Decay.Periods(points); n > MaxPeriods {
		at, path := rl.Place, o.path
		if o.has("decay") {
			at, path = o.at("decay"), o.pathOf("decay")
		}
		if rl.Compute.Text != "" {
			o.report(at, path, `up to %v points that fade by steps are gone after %d of them; at most %d are allowed: bound the points by "max", or let them lose more, less often`,
				points, n, MaxPeriods)
			return
		}
		o.report(at, path, "%v points that lose %v each time are gone after %d times; at most %d are allowed: let them lose more, less often",
			rl.Points, rl.Decay.Loss, n, MaxPeriods)
	}
}
