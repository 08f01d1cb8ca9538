// Draws where the things of the answers are: states shaded, points marked. No tiles are fetched:
// the outlines of countries are those of Natural Earth, shipped with this file.
import L from "leaflet";
import { feature } from "topojson-client";
import atlas from "world-atlas/countries-50m.json";
import { NUMBERS } from "../atlas/codes.js";

const SHADES = 5;
const SOME = 8;
const SOUTH = -58;
const NORTH = 78;
const ROUND = 360;
const HALF = 180;
// Outlines that have no number in the atlas.
const NAMED = new Map([["XKX", "Kosovo"]]);

/** A ring whose longitudes run on where they would leap from one edge of the map to the other. */
function unwrap(ring) {
  let turn = 0;
  return ring.map(([longitude, latitude], place) => {
    const leap = place ? longitude - ring[place - 1][0] : 0;
    if (leap > HALF) turn -= ROUND;
    if (leap < -HALF) turn += ROUND;
    return [longitude + turn, latitude];
  });
}

const listPolygons = ({ type, coordinates }) => (type === "Polygon" ? [coordinates] : coordinates);

/** West, south, east and north of the largest part: far islands would stretch the view. */
function frame(geometry) {
  const boxes = listPolygons(geometry).map(([outer]) => {
    const ring = unwrap(outer);
    const [x, y] = [ring.map((each) => each[0]), ring.map((each) => each[1])];
    return [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)];
  });
  const size = ([west, south, east, north]) => (east - west) * (north - south);
  return boxes.sort((a, b) => size(b) - size(a))[0];
}

/** Where the map is cut open: in the middle of the widest part of the world that has nothing. */
function chooseCut(boxes) {
  const sorted = boxes.map(([west, , east]) => [west, east]).sort((a, b) => a[0] - b[0]);
  if (!sorted.length) return -HALF;
  let [gap, cut, reach] = [0, -HALF, sorted[0][1]];
  for (const [west, east] of [...sorted.slice(1), [sorted[0][0] + ROUND, 0]]) {
    if (west - reach > gap) [gap, cut] = [west - reach, (west + reach) / 2];
    reach = Math.max(reach, east);
  }
  const around = cut > HALF ? cut - ROUND : cut;
  // The usual map is kept where it shows all side by side.
  const usual = reach - sorted[0][0] <= Math.min(HALF, ROUND - gap + 1);
  return usual ? -HALF : around;
}

/** The geometry with each of its parts on the side of the cut where most of it lies. */
function shift(geometry, cut) {
  const polygons = listPolygons(geometry).map((polygon) => polygon.map((ring) => {
    const open = unwrap(ring);
    const middle = open.reduce((sum, [x]) => sum + x, 0) / open.length;
    const turn = middle < cut ? ROUND : middle > cut + ROUND ? -ROUND : 0;
    return open.map(([x, y]) => [x + turn, y]);
  }));
  return { type: "MultiPolygon", coordinates: polygons };
}

/** The entry of the list as it stands in a popup: open, and not too long. */
function copyEntry(entry) {
  const box = document.createElement("div");
  for (const child of entry.children) box.append(child.cloneNode(true));
  const details = box.querySelector("details");
  if (details) {
    details.open = true;
    const rows = [...details.querySelectorAll(":scope > ul > li")];
    rows.slice(SOME).forEach((row) => row.remove());
  }
  return box;
}

export function drawPlaces(host, list, light) {
  const entries = [...list.querySelectorAll(":scope > li")];
  const byOutline = new Map();
  for (const entry of entries) {
    const { code } = entry.dataset;
    if (code) byOutline.set(NUMBERS.get(code) ?? NAMED.get(code) ?? code, entry);
  }
  const findEntry = ({ id, properties }) => byOutline.get(id) ?? byOutline.get(properties.name);
  const countries = feature(atlas, atlas.objects.countries).features;
  const points = entries.filter((entry) => entry.dataset.latitude !== undefined);
  const boxes = [
    ...countries.filter(findEntry).map(({ geometry }) => frame(geometry)),
    ...points.map(({ dataset: { longitude, latitude } }) => {
      const [x, y] = [Number(longitude), Number(latitude)];
      return [x, y, x, y];
    }),
  ];
  const cut = chooseCut(boxes);
  const most = Math.max(...entries.map((entry) => Number(entry.dataset.count)));
  const map = L.map(host, {
    attributionControl: false, minZoom: 0.5, maxZoom: 7, zoomSnap: 0.25, scrollWheelZoom: false,
  });
  L.control.attribution({ prefix: false }).addAttribution("Outlines: Natural Earth").addTo(map);
  const shown = new Map();

  function share(entry) {
    return Math.max(1, Math.ceil(SHADES * Math.sqrt(Number(entry.dataset.count) / most)));
  }

  /** A place on the largest part of a state, for what opens there without a pointer. */
  function middle(layer) {
    if (layer.getLatLng) return layer.getLatLng();
    const parts = layer.getLatLngs().map((part) => L.latLngBounds(part.flat(2)));
    const size = (box) => (box.getEast() - box.getWest()) * (box.getNorth() - box.getSouth());
    return parts.sort((a, b) => size(b) - size(a))[0].getCenter();
  }

  function bind(layer, entry) {
    const name = entry.querySelector(".spot .thing")?.textContent ?? "";
    const told = document.createElement("span");
    told.append(`${name}: ${entry.dataset.count}`);
    layer.bindTooltip(told, { sticky: true, direction: "top" });
    layer.bindPopup(() => copyEntry(entry), { maxWidth: 340, maxHeight: 300, minWidth: 220 });
    layer.on("mouseover", () => point(entry, false));
    layer.on("mouseout", () => point(null, false));
    layer.on("popupopen", () => point(entry, true));
    shown.set(entry, layer);
  }

  function point(entry, scroll) {
    for (const [each, layer] of shown) {
      layer.getElement()?.classList.toggle("lit", each === entry);
    }
    light(entry ? [entry] : [], scroll);
  }

  const sides = boxes.map(([west, south, east, north]) => {
    const turn = (west + east) / 2 < cut ? ROUND : 0;
    return L.latLngBounds([south, west + turn], [north, east + turn]);
  });
  const around = sides.reduce((all, box) => all.extend(box), L.latLngBounds([]));
  const world = L.latLngBounds([SOUTH, cut + 10], [NORTH, cut + ROUND]);
  const wide = !around.isValid() || around.getEast() - around.getWest() > 250;
  map.fitBounds(wide ? world : around.pad(0.12), { maxZoom: 5, animate: false });

  const moved = countries.map((country) => ({ ...country, geometry: shift(country.geometry, cut) }));
  L.geoJSON(moved, {
    style: (country) => {
      const entry = findEntry(country);
      const className = entry ? `map-country has-some share-${share(entry)}` : "map-country";
      return { className, interactive: Boolean(entry) };
    },
    onEachFeature: (country, layer) => {
      const entry = findEntry(country);
      if (entry && !shown.has(entry)) bind(layer, entry);
    },
  }).addTo(map);
  for (const entry of points) {
    const { latitude, longitude, count } = entry.dataset;
    const radius = Math.min(14, 4.5 + 1.8 * Math.sqrt(Number(count)));
    const place = [Number(latitude), Number(longitude) + (Number(longitude) < cut ? ROUND : 0)];
    const mark = L.circleMarker(place, { className: "map-point", radius });
    bind(mark, entry);
    mark.addTo(map);
  }

  // The wheel zooms once one has clicked into the map, so that the page can be scrolled over it.
  map.on("focus click", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());

  for (const entry of entries.filter((each) => !shown.has(each))) {
    const told = document.createElement("span");
    told.className = "hint";
    told.textContent = "not on the map of today";
    entry.querySelector(".spot").append(" ", told);
  }
  for (const [entry, layer] of shown) {
    const path = layer.getElement();
    path?.setAttribute("tabindex", "0");
    path?.setAttribute("role", "button");
    path?.setAttribute("aria-label", `${entry.querySelector(".spot .thing")?.textContent}: ${entry.dataset.count}`);
    path?.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      layer.openPopup(middle(layer));
    });
    entry.addEventListener("mouseenter", () => point(entry, false));
    entry.addEventListener("mouseleave", () => point(null, false));
  }
  return map;
}
