package web

import (
	"cmp"
	"fmt"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/web/view"
)

var consentTones = map[lead.Standing]string{lead.Granted: "good", lead.Claimed: "warn", lead.Withdrawn: "bad"}

// consents shows what a person agreed to, and how it came to that.
func (q *request) consents(d *app.Dossier) view.Consents {
	c := view.Consents{More: d.Consent.More, Long: d.Long && len(d.Consent.Standing) > 0}
	for _, s := range d.Consent.Standing {
		c.Standing = append(c.Standing, view.ConsentStanding{Purpose: s.Purpose, Standing: s.Standing.String(), Tone: consentTones[s.Standing], Since: s.Since})
	}
	for i := range d.Consent.History {
		e := &d.Consent.History[i]
		said := q.t("consent.said.no", e.Purpose)
		if e.Agreed {
			said = q.t("consent.said.yes", e.Purpose)
		}
		x := view.ConsentEntry{At: e.At, Words: said, Vain: !e.Counts, Reason: e.Reason, Shown: e.Text, Page: e.Page,
			By: q.t("consent.by_event", cmp.Or(e.Name, e.Type), q.t("lead.origin."+e.Origin))}
		if e.Author != "" {
			x.By = q.t("consent.by_hand", e.Author)
		}
		if q.may(access.SeeCapture) {
			x.Evidence = fmt.Sprintf("/events/%d", e.Seq)
		}
		c.History = append(c.History, x)
	}
	return c
}

func (q *request) consentForm() error { return q.leadForm("consent", q.fillConsent) }

func (q *request) fillConsent(f *view.LeadForm, _ *app.Lead) error {
	f.Purpose, f.Agreed, f.Refused = q.FormValue("purpose"), q.FormValue("agreed") == "1", q.FormValue("agreed") == "0"
	facets, err := q.site.App.Facets(q.Context())
	if err == nil {
		f.Purposes = facets.Purposes()
	}
	return err
}

func (q *request) recordConsent() error {
	ref, err := q.leadRef()
	if err != nil {
		return err
	}
	o := app.ConsentOrder{Purpose: q.PostFormValue("purpose"), Agreed: q.PostFormValue("agreed") == "1", By: q.by()}
	if !o.Agreed && q.PostFormValue("agreed") != "0" {
		return q.retry(fault.New(fault.Invalid, "Say whether the person agreed to %q or refused.", clip(o.Purpose)), "consent", q.fillConsent)
	}
	act, err := q.site.App.RecordConsent(q.Context(), ref, o)
	if err == nil {
		_, err = q.site.App.Ingest(q.Context(), pipeline.Batch{Events: []lead.Event{act}})
	}
	if err != nil {
		return q.retry(err, "consent", q.fillConsent)
	}
	purpose, _ := lead.PurposeNamed(o.Purpose)
	if o.Agreed {
		return q.done("lead.consent", act.Lead, purpose, q.t("lead.done.agreed", purpose), "")
	}
	return q.done("lead.consent refused", act.Lead, purpose, q.t("lead.done.refused", purpose), "")
}
