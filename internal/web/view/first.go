package view

import "strings"

// First is the page that tells how to send the first event, and waits for it.
type First struct {
	*Frame
	Base                  string // the server's address
	BrowserKey, ServerKey string // "" when they are shown no more
	Arrival               *Arrival
}

// Arrival is what the first events came to.
type Arrival struct {
	Events, Rejects int
	Path, Name, Job string // of somebody, "" before anybody came
	Kind, Stage     string
	Score           int
	Reasons         []Reason
}

// snippet is how to send an event from somewhere.
type snippet struct{ id, text string }

func (p *First) snippets() []snippet {
	browser, server := p.BrowserKey, p.ServerKey
	if browser == "" {
		browser, server = "BROWSER_KEY", "SERVER_KEY"
	}
	fill := strings.NewReplacer("BASE", p.Base, "BROWSER_KEY", browser, "SERVER_KEY", server)
	all := []snippet{{"browser", inBrowser}, {"node", inNode}, {"go", inGo}, {"curl", byCurl}}
	for i := range all {
		all[i].text = fill.Replace(all[i].text)
	}
	return all
}

const inBrowser = `// npm install @segment/analytics-next
import { AnalyticsBrowser } from '@segment/analytics-next'

const analytics = AnalyticsBrowser.load({ writeKey: 'BROWSER_KEY', cdnURL: 'BASE' })
analytics.page()
analytics.identify('user-1', { email: 'ada@corp.example', title: 'VP Engineering', employees: 300 })
analytics.track('Demo Requested')`

const inNode = `// npm install @segment/analytics-node
import { Analytics } from '@segment/analytics-node'

const analytics = new Analytics({ writeKey: 'SERVER_KEY', host: 'BASE' })
analytics.identify({ userId: 'user-1', traits: { email: 'ada@corp.example', title: 'VP Engineering', employees: 300 } })
analytics.track({ userId: 'user-1', event: 'Demo Requested' })
await analytics.closeAndFlush()`

const inGo = `package main

import (
	"log"
	"net/http"
	"strings"
)

func main() {
	events := ` + "`" + `{"batch": [
		{"type": "identify", "userId": "user-1", "messageId": "go-1", "traits": {"email": "ada@corp.example", "title": "VP Engineering", "employees": 300}},
		{"type": "track", "userId": "user-1", "messageId": "go-2", "event": "Demo Requested"}
	]}` + "`" + `
	req, err := http.NewRequest("POST", "BASE/v1/batch", strings.NewReader(events))
	if err != nil {
		log.Fatal(err)
	}
	req.SetBasicAuth("SERVER_KEY", "")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	log.Print(resp.Status) // 200: the events are on disk
}`

const byCurl = `curl -u 'SERVER_KEY:' BASE/v1/identify -d '{"userId":"user-1","traits":{"email":"ada@corp.example","title":"VP Engineering","employees":300}}'
curl -u 'SERVER_KEY:' BASE/v1/track -d '{"userId":"user-1","event":"Demo Requested"}'`
