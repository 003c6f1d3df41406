import { playsSeeds } from "./playsSeeds.js"

playsSeeds(51, 50)
