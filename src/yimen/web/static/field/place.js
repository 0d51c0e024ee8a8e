// One point, when the worker asks for it. Nothing is watched, nothing is kept but the point of that report.
const PATIENCE = 20000; // milliseconds

// `{lng, lat, crs, accuracy}` as the phone gives it (WGS-84), or the name of a text that says why not.
export const here = () => new Promise((resolve) => {
  if (!navigator.geolocation) { resolve("place.none"); return; }
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => resolve({ lng: round(coords.longitude), lat: round(coords.latitude), crs: "WGS-84", accuracy: Math.round(coords.accuracy) }),
    (error) => resolve(error.code === error.PERMISSION_DENIED ? "place.denied" : "place.none"),
    { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 0 },
  );
});

const round = (degrees) => Math.round(degrees * 1e6) / 1e6; // about ten centimetres

// The code of the grid of the map in which a point lies, or "".
export function gridAt(map, point) {
  if (!map || !point) return "";
  const { x, y } = onSheet(map, point), pen = document.createElement("canvas").getContext("2d");
  const grid = map.grids.find((one) => pen.isPointInPath(new Path2D(one.path), x, y, "evenodd"));
  return grid ? grid.code : "";
}

export const onSheet = (map, { lng, lat }) => ({ x: (lng - map.west) * map.per_lng, y: (map.north - lat) * map.per_lat });
export const onEarth = (map, { x, y }) => ({ lng: round(map.west + x / map.per_lng), lat: round(map.north - y / map.per_lat), crs: map.crs || "WGS-84" });
