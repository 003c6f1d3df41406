import { playsSeeds } from "./playsSeeds.js"

playsSeeds(101, 100)
