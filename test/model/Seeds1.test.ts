import { playsSeeds } from "./playsSeeds.js"

playsSeeds(0)
