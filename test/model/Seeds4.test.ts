import { playsSeeds } from "./playsSeeds.js"

playsSeeds(151, 50)
