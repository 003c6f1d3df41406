// Who and what the demo's Toggl begins with.
import { FakeToggl } from "effect-toggl-clients/testing"

type State = Parameters<FakeToggl.FakeTogglService["setState"]>[0]

const [ada, grace] = [FakeToggl.defaultUser, FakeToggl.colleague]

const shared = FakeToggl.defaultWorkspace
const workspaceOfAda = { ...shared, id: 2230581, admins: [ada.id], members: [ada.id] }
const workspaceOfGrace = { ...shared, id: 2230582, organizationId: 7002, admins: [grace.id], members: [grace.id] }

export const workspaces = [shared, workspaceOfAda, workspaceOfGrace]

/** Each sees her own workspace first, and both may enter the shared one. */
export const users = [
  { ...ada, fullName: "Ada Lovelace", defaultWorkspaceId: workspaceOfAda.id },
  { ...grace, fullName: "Grace Hopper", defaultWorkspaceId: workspaceOfGrace.id }
]

interface Seed {
  readonly name: string
  readonly notes?: string
  readonly archived?: boolean
  readonly projects?: ReadonlyArray<string>
}

const seeds: ReadonlyArray<Seed> = [
  { name: "Acme Studio", notes: "Contact: Wilma Ace, 030 555 0110", projects: ["Website", "Spring campaign"] },
  { name: "Bäckerei Grünwald", notes: "Orders by phone only, before seven." },
  { name: "Copper & Pine Furniture", projects: ["Catalogue", "Shop"] },
  { name: "Dr. Núñez Dental Care" },
  { name: "Éclair Pâtisserie", notes: "Invoices to compta@eclair.example" },
  { name: "Fjällräven Hütte" },
  { name: "Greenfield Primary School", notes: "Invoices in June and December.", projects: ["Timetable app"] },
  { name: "Harbour Lights Hotel" },
  { name: "İstanbul Halı", projects: ["Export portal"] },
  { name: "Juniper Analytics", notes: "Weekly call on Tuesdays at ten." },
  { name: "Kowalski i Synowie" },
  { name: "Łódź Design Festival", archived: true, projects: ["Festival 2024"] },
  { name: "Müller & Söhne", notes: "Two offices:\nKöln\nBonn" },
  { name: "North Sea Logistics", projects: ["Tracking", "Driver app", "Maintenance"] },
  { name: "Oakridge Legal" },
  { name: "Papillon Travel" },
  { name: "Quiet Corner Books", notes: "Wants a quote for the new shop." },
  { name: "Rāga Music School" },
  { name: "Sjöberg Arkitekter", projects: ["Portfolio"] },
  { name: "Tide & Timber" },
  { name: "Université de Lumière" },
  { name: "Vogel Optik", archived: true },
  { name: "Willow Veterinary Clinic" },
  { name: "Xenia Ceramics" },
  { name: "Yggdrasil Games", notes: "Code name of the next one: Ratatoskr", projects: ["Ratatoskr"] },
  { name: "Zürcher Teehaus" },
  { name: "山田商店", notes: "請求書は月末に送付" },
  { name: "北京星河科技", projects: ["小程序"] },
  { name: "한빛 출판사" },
  { name: "さくら歯科クリニック" },
  { name: "Кофейня «Утро»" },
  { name: "Αιγαίο Ταξίδια" },
  { name: "مكتبة النور" },
  { name: "Brightside Energy", projects: ["Dashboard"] },
  { name: "Clover Insurance", notes: "All texts go through their legal team first." },
  { name: "Driftwood Surf Shop", archived: true },
  { name: "Ember & Oak Restaurant" },
  { name: "Foxglove Florists" },
  { name: "Granite Climbing Gym", archived: true, projects: ["Route planner"] },
  { name: "Hollis, Grant and Partners" },
  { name: "Ink & Paper Press" },
  { name: "Jørgensen Cykler" },
  { name: "Kiln Street Pottery" },
  { name: "Lumen Eye Hospital", notes: "Data stays on their own servers." },
  { name: "Maple Leaf Moving" },
  { name: "Nightingale Nursing" },
  { name: "Orchard Lane Cider" },
  { name: "Pixel & Quill Agency", projects: ["Rebranding"] }
]

const kinds = ["Bakery", "Books", "Clinic", "Consulting", "Design", "Films", "Foods", "Labs", "Logistics", "School"]
const places = [
  "Aarhus",
  "Bern",
  "Cádiz",
  "Delft",
  "Évora",
  "Fukuoka",
  "Graz",
  "Hanoi",
  "Izmir",
  "Jena",
  "Kyoto",
  "Lyon"
]

/** The n-th: by hand while there are any, then of a kind and a place. */
const seedAt = (index: number): Seed => {
  const seed = seeds[index]
  if (seed !== undefined) return seed
  const count = index - seeds.length
  const place = places[count % places.length]
  const kind = kinds[Math.floor(count / places.length) % kinds.length]
  const branch = Math.floor(count / (places.length * kinds.length))
  return { name: `${place} ${kind}${branch === 0 ? "" : ` ${branch + 1}`}`, archived: count % 17 === 16 }
}

const day = 24 * 3600

/**
 * The state that the demo begins with at a time: in each user's own workspace so many clients, and some in the shared one. What was made
 * before has used up ids up to `before`, for an id never comes again.
 */
export const begin = (now: number, count: number, before?: State): State => {
  const clients: Array<State["clients"][number]> = []
  const projects: Array<State["projects"][number]> = []
  const seconds = Math.floor(now / 1000)
  let nextClientId = 64890001
  let nextProjectId = 190000001
  const add = (workspaceId: number, creatorId: number, seed: Seed, age: number) => {
    const client = {
      id: nextClientId++,
      workspaceId,
      name: seed.name,
      notes: seed.notes ?? "",
      archived: seed.archived ?? false,
      at: seconds - age * day,
      creatorId
    }
    clients.push(client)
    for (const name of seed.projects ?? []) {
      projects.push({ id: nextProjectId++, workspaceId, clientId: client.id, name, active: !client.archived })
    }
  }
  for (let index = 0; index < 12; index++) add(shared.id, ada.id, seedAt(index * 4), index)
  for (let index = 0; index < count; index++) add(workspaceOfAda.id, ada.id, seedAt(index), index % 300)
  // not the same ones, so that the user can see whose they are
  for (let index = 0; index < count; index++) add(workspaceOfGrace.id, grace.id, seedAt(index + 8), index % 300)
  return {
    clients,
    projects,
    nextClientId: Math.max(nextClientId, before?.nextClientId ?? 0),
    nextProjectId: Math.max(nextProjectId, before?.nextProjectId ?? 0)
  }
}
