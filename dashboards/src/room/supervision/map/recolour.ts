/** Gives a drawn map the colours of a style and images made again. Its data, its filters and what is seen of it stay. */
import type { Map as GlMap, StyleSpecification } from "maplibre-gl";

export function recolour(map: GlMap, style: StyleSpecification, images: ReadonlyMap<string, ImageData>): void {
  for (const [name, image] of images) map.updateImage(name, image);
  for (const { id, paint } of style.layers) {
    for (const [property, value] of Object.entries(paint ?? {})) {
      map.setPaintProperty(id, property as Parameters<GlMap["setPaintProperty"]>[1], value as Parameters<GlMap["setPaintProperty"]>[2]);
    }
  }
}
